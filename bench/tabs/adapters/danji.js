// Danji as its guides show it; what it keeps is in its own IndexedDB storage.
import { createStateManager, defineState } from 'danji';
import { indexedDbStorage } from 'danji/storage';

export async function open({ keeps }) {
  const manager = createStateManager(keeps ? { storage: indexedDbStorage() } : {});
  const unit = manager.createUnitStateStore('bench');
  const lifetime = keeps ? 'persistent' : 'memory';
  const states = new Map();
  const stateOf = (key) => {
    const known = states.get(key);
    if (known !== undefined) return known;
    const state = defineState({ key, scope: 'apartment', default: null, lifetime });
    states.set(key, state);
    return state;
  };
  if (!keeps) await manager.ready;
  return {
    set: (key, value) => void unit.setState(stateOf(key), value),
    get: (key) => unit.getState(stateOf(key)),
    subscribe: (key, listener) => void unit.subscribe(stateOf(key), listener),
    async fill(entries) {
      const writes = entries.map(([key, value]) =>
        unit.setState(stateOf(key), value, { wait: 'persisted' }));
      await Promise.all(writes);
    },
    async keep(key, value) {
      await unit.setState(stateOf(key), value, { wait: 'persisted' });
    },
    // As a page would: the default first, and then what was kept.
    read: (key) =>
      new Promise((resolve) => {
        const value = unit.getState(stateOf(key));
        if (value !== null) return resolve(value);
        const stop = unit.subscribe(stateOf(key), (kept) => {
          stop();
          resolve(kept);
        });
      }),
  };
}

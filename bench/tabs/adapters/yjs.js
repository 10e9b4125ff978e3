// Yjs: between tabs over the channel of y-websocket, kept by y-indexeddb. That tells nobody when
// an update is stored: what its database does next is done after it.
import { IndexeddbPersistence } from 'y-indexeddb';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';

export async function open({ keeps }) {
  const document = new Doc();
  const map = document.getMap('state');
  const listeners = new Map();
  map.observe(({ keysChanged }) => {
    for (const key of keysChanged) listeners.get(key)?.(map.get(key));
  });
  const set = (key, value) => void map.set(key, value);
  if (!keeps) {
    new WebsocketProvider('ws://127.0.0.1:9', 'bench', document, { connect: false }).connectBc();
    const subscribe = (key, listener) => void listeners.set(key, listener);
    return { set, subscribe, get: (key) => map.get(key) };
  }
  const kept = new IndexeddbPersistence('bench', document);
  await kept.whenSynced;
  const stored = () =>
    new Promise((resolve) => {
      const transaction = kept.db.transaction('updates', 'readwrite');
      transaction.objectStore('updates').count();
      transaction.oncomplete = () => resolve();
    });
  return {
    async fill(entries) {
      document.transact(() => entries.forEach(([key, value]) => set(key, value)));
      await stored();
    },
    async keep(key, value) {
      set(key, value);
      await stored();
    },
    read: async (key) => map.get(key),
  };
}

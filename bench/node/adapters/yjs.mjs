// Yjs: a document with one map; its events name the keys that changed.
import { Doc } from 'yjs';

export const name = 'yjs';

export function open(keys, initial) {
  const document = new Doc();
  const map = document.getMap('state');
  const listeners = new Map(keys.map((key) => [key, []]));
  document.transact(() => {
    for (const key of keys) map.set(key, initial);
  });
  map.observe((event) => {
    for (const key of event.keysChanged) {
      const value = map.get(key);
      for (const listener of listeners.get(key)) listener(value);
    }
  });
  return {
    read: (place) => map.get(keys[place]),
    set: (place, value) => map.set(keys[place], value),
    setAll(values) {
      document.transact(() => {
        for (let place = 0; place < values.length; place++) map.set(keys[place], values[place]);
      });
    },
    subscribe: (place, listener) => listeners.get(keys[place]).push(listener),
    close: () => document.destroy(),
  };
}

// What clients with a Yjs document have in common.
import { Doc } from 'yjs';

export function openDocument() {
  const document = new Doc();
  const map = document.getMap('state');
  const listeners = new Map();
  map.observe(({ keysChanged }) => {
    for (const key of keysChanged) listeners.get(key)?.(map.get(key));
  });
  const view = {
    room: null,
    set: (key, value) => void map.set(key, value),
    get: (key) => map.get(key),
    subscribe: (key, listener) => void listeners.set(key, listener),
  };
  return { document, view };
}

// zustand and JSON: what pages do that only keep their state, and sync nothing.
import { createStore } from 'zustand/vanilla';

export const name = 'zustand, JSON';

export function fill(entries) {
  const rows = Object.fromEntries(entries.map((entry, place) => [`row-${place}`, entry]));
  return createStore(() => rows);
}
export const save = (store) => Buffer.from(JSON.stringify(store.getState()));
export async function load(bytes) {
  return createStore(() => JSON.parse(Buffer.from(bytes).toString()));
}
export const readEntry = (store, place) => store.getState()[`row-${place}`];

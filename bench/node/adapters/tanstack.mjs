// @tanstack/store: an atom for each key, and its batches.
import { batch, createAtom } from '@tanstack/store';

export const name = 'tanstack';

export function open(keys, initial) {
  const atoms = keys.map(() => createAtom(initial));
  return {
    read: (place) => atoms[place].get(),
    set: (place, value) => atoms[place].set(value),
    setAll(values) {
      batch(() => {
        for (let place = 0; place < values.length; place++) atoms[place].set(values[place]);
      });
    },
    subscribe: (place, listener) => atoms[place].subscribe(listener),
    close() {},
  };
}

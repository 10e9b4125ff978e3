// nanostores: an atom for each key; it has no batches.
import { atom } from 'nanostores';

export const name = 'nanostores';

export function open(keys, initial) {
  const atoms = keys.map(() => atom(initial));
  return {
    read: (place) => atoms[place].get(),
    set: (place, value) => atoms[place].set(value),
    setAll(values) {
      for (let place = 0; place < values.length; place++) atoms[place].set(values[place]);
    },
    subscribe: (place, listener) => atoms[place].listen(listener),
    close() {},
  };
}

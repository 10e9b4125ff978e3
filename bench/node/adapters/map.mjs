// The least there is: a Map of values and a list of callbacks for each key.
export const name = 'map';

export function open(keys, initial) {
  const values = new Map(keys.map((key) => [key, initial]));
  const listeners = new Map(keys.map((key) => [key, []]));
  const tell = (key, value) => {
    for (const listener of listeners.get(key)) listener(value);
  };
  return {
    read: (place) => values.get(keys[place]),
    set(place, value) {
      const key = keys[place];
      values.set(key, value);
      tell(key, value);
    },
    setAll(all) {
      for (let place = 0; place < all.length; place++) values.set(keys[place], all[place]);
      for (let place = 0; place < all.length; place++) tell(keys[place], all[place]);
    },
    subscribe: (place, listener) => listeners.get(keys[place]).push(listener),
    close() {},
  };
}

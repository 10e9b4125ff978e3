// zustand: one store with a field for each key, and its own middleware to hear of one field.
import { createStore } from 'zustand/vanilla';
import { subscribeWithSelector } from 'zustand/middleware';

export const name = 'zustand';

export function open(keys, initial) {
  const fields = () => Object.fromEntries(keys.map((key) => [key, initial]));
  const store = createStore(subscribeWithSelector(fields));
  return {
    read: (place) => store.getState()[keys[place]],
    set: (place, value) => store.setState({ [keys[place]]: value }),
    setAll(values) {
      const changed = {};
      for (let place = 0; place < values.length; place++) changed[keys[place]] = values[place];
      store.setState(changed);
    },
    subscribe(place, listener) {
      const key = keys[place];
      store.subscribe((state) => state[key], listener);
    },
    close() {},
  };
}

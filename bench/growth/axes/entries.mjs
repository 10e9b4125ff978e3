// More entries. A space takes 100,000; what is beyond lies in further spaces.
import { StateScope, defineState } from 'danji';
import { alone, inTabs } from '../places.mjs';
import { delivering, reading, setting } from '../work.mjs';

export const title = 'entries of a page';
export const sizes = [100, 1000, 10_000, 100_000, 1_000_000];
export const quickSizes = [100, 10_000];

const perSpace = 100_000;

function entries(count) {
  const numbers = Array.from({ length: Math.min(count, perSpace) }, (_, place) =>
    defineState({ key: `key-${place}`, scope: StateScope.APARTMENT_SHARED, default: 0 }),
  );
  const spaceOf = (place) => Math.floor(place / perSpace);
  return {
    states: Array.from({ length: count }, (_, place) => numbers[place % perSpace]),
    unitsOf(manager) {
      const units = Array.from({ length: Math.ceil(count / perSpace) }, (_, space) =>
        manager.createUnitStateStore(`unit-${space}`, { apartment: `home-${space}` }),
      );
      return Array.from({ length: count }, (_, place) => units[spaceOf(place)]);
    },
  };
}

/** The least that it could cost: a Map from keys to objects that have the values. */
function plainMap(count) {
  const keys = Array.from({ length: count }, (_, place) => `key-${place}`);
  const map = new Map(keys.map((key) => [key, { value: 0 }]));
  return {
    count,
    set: (place, value) => void (map.get(keys[place]).value = value),
    read: (place) => map.get(keys[place]).value,
    calm: async () => {},
    close() {},
  };
}

export const curves = {
  set: { title: 'set one', prepare: (size) => setting(alone(entries(size))) },
  read: { title: 'read one', prepare: (size) => reading(alone(entries(size))) },
  tabs: {
    title: 'set one, heard in another tab',
    sizeMost: 100_000, // A million in a tab that tells others is more than a core's memory.
    prepare: async (size) => delivering(await inTabs(2, entries(size))),
  },
  map: { title: 'read one of a plain Map', prepare: (size) => reading(plainMap(size)) },
};

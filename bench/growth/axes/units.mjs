// More units, each with a space of its own.
import { StateScope, defineState } from 'danji';
import { alone, inTabs } from '../places.mjs';
import { delivering, reading, setting } from '../work.mjs';

export const title = 'units, each with a space of its own';
export const sizes = [1, 10, 100, 1000];
export const quickSizes = [1, 100];

function units(count) {
  const state = defineState({ key: 'count', scope: StateScope.BUILDING_SHARED, default: 0 });
  return {
    states: Array.from({ length: count }, () => state),
    unitsOf: (manager) =>
      Array.from({ length: count }, (_, place) =>
        manager.createUnitStateStore(`unit-${place}`, { building: `building-${place}` }),
      ),
  };
}

export const curves = {
  set: { title: 'set in one', prepare: (size) => setting(alone(units(size))) },
  read: { title: 'read in one', prepare: (size) => reading(alone(units(size))) },
  tabs: {
    title: 'set in one, heard in another tab',
    prepare: async (size) => delivering(await inTabs(2, units(size))),
  },
};

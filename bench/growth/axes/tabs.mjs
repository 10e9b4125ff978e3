// More tabs. What is delivered is counted for each tab that hears it.
import { inTabs } from '../places.mjs';
import { oneKey } from '../states.mjs';
import { delivering, reading, setting } from '../work.mjs';

export const title = 'tabs';
export const sizes = [2, 4, 8, 16];
export const quickSizes = [2, 4];

export const curves = {
  set: {
    title: 'set in the leader',
    prepare: async (size) => setting(await inTabs(size, oneKey())),
  },
  read: {
    title: 'read in one',
    prepare: async (size) => reading(await inTabs(size, oneKey())),
  },
  tabs: {
    title: 'set in the leader, each that hears it',
    prepare: async (size) => delivering(await inTabs(size, oneKey())),
  },
  asked: {
    title: 'set in a follower, each that hears it',
    prepare: async (size) => delivering(await inTabs(size, { ...oneKey(), writer: size - 1 })),
  },
};

// Worlds of places to set and read: a page by itself, or one of several tabs.
import { openAlone, openTabs } from './tabs.mjs';

/**
 * `states` has the state of each place, `unitsOf(manager)` the unit of each in one tab. `writer` is
 * the tab that sets: the first leads.
 */
function placesOf(managers, { states, unitsOf, writer = 0 }) {
  const units = managers.map(unitsOf);
  const readIn = (tab) => (place) => units[tab][place].getState(states[place]);
  const others = [...managers.keys()].filter((tab) => tab !== writer);
  const own = units[writer];
  // What nobody has used in a tab, the tab does not have.
  for (const tab of managers.keys()) states.forEach((_, place) => readIn(tab)(place));
  return {
    count: states.length,
    set: (place, value) => void own[place].setState(states[place], value),
    read: readIn(writer),
    subscribe: (place, listener) => own[place].subscribe(states[place], listener),
    readElsewhere: others.map(readIn),
    /** So many are called for a set. */
    listeners: others.length,
    listenElsewhere(listener) {
      for (const tab of others) {
        states.forEach((state, place) => units[tab][place].subscribe(state, listener));
      }
    },
    close: () => Promise.all(managers.map((manager) => manager.close())),
  };
}

export function alone(options) {
  const world = placesOf([openAlone()], options);
  return { ...world, carry() {}, calm: async () => {} };
}

export async function inTabs(count, options) {
  const { channel, managers } = await openTabs(count);
  const world = placesOf(managers, options);
  await channel.calm();
  return { ...world, carry: () => channel.carry(), calm: () => channel.calm() };
}

// Danji as two tabs: two cores, the first of which leads, and a channel that a scenario holds back.
//
// A leader sends what it decided, a follower what it wants decided, both once for each task.
import { setImmediate as nextTask } from 'node:timers/promises';
import './locks.mjs';

const { createStateManager, defineState, StateScope } = await import('danji');

export const name = 'Danji';

const scope = StateScope.APARTMENT_SHARED;
const likes = defineState({ key: 'likes', scope, default: 0, conflictResolution: 'sum' });

/** Frames on their way between the two, in order. */
class Line {
  bytes = 0;
  frames = [];
  receivers = [];

  adapterOf(side) {
    return {
      post: (bytes) => {
        this.bytes += bytes.length;
        this.frames.push({ to: 1 - side, bytes: bytes.slice() });
      },
      onMessage: (receive) => {
        this.receivers[side] = receive;
        return () => {};
      },
      close() {},
    };
  }

  /** Until nothing is on its way. */
  async run() {
    for (let quiet = 0; quiet < 3; quiet++) {
      await nextTask();
      for (const { to, bytes } of this.frames.splice(0)) {
        quiet = 0;
        this.receivers[to]?.(bytes);
      }
    }
  }
}

class Replica {
  constructor(line, side, keys) {
    this.manager = createStateManager({ isolated: true, channel: line.adapterOf(side) });
    this.unit = this.manager.createUnitStateStore('bench');
    this.states = keys.map((key) => defineState({ key, scope, default: 0 }));
    for (const state of this.states) this.unit.getState(state);
    this.unit.getState(likes);
  }
  set(place, value) {
    this.unit.setState(this.states[place], value);
  }
  setMany(places, value) {
    this.unit.batch(() => {
      for (const place of places) this.unit.setState(this.states[place], value + place);
    });
  }
  read = (place) => this.unit.getState(this.states[place]);
  increment() {
    this.unit.add(likes, 1);
  }
  count = () => this.unit.getState(likes);
}

export async function openPair(keys) {
  const line = new Line();
  const one = new Replica(line, 0, keys);
  await line.run();
  const other = new Replica(line, 1, keys);
  for (let i = 0; i < 20; i++) await line.run();
  if (one.manager.tabs.role !== 'leader' || other.manager.tabs.role !== 'follower') {
    throw new Error(`they are ${one.manager.tabs.role} and ${other.manager.tabs.role}`);
  }
  line.bytes = 0;
  return {
    one,
    other,
    bytes: () => line.bytes,
    /** What was written is bytes. */
    sent: () => nextTask(),
    /** The frames that the first has sent, for the second. */
    takeUpdates: () => line.frames.splice(0).map(({ bytes }) => bytes),
    apply: (update) => line.receivers[1](update),
    /** The same as one update; here the frames of one task. */
    takeWhole: () => line.frames.splice(0).map(({ bytes }) => bytes),
    /** Both tell each other what they have, until they agree. */
    exchange: () => line.run(),
    close: () => Promise.all([one.manager.close(), other.manager.close()]),
  };
}

// ---- Kept

const rows = [];

/** A page knows the keys that it uses: `count` rows, as its state file has them. */
function open(count) {
  for (let place = rows.length; place < count; place++) {
    rows.push(defineState({ key: `row-${place}`, scope, default: null }));
  }
  const manager = createStateManager({ isolated: true, channel: false });
  return { manager, unit: manager.createUnitStateStore('bench') };
}

/** Everything, as a library that has it in memory. */
export function fill(entries) {
  const { manager, unit } = open(entries.length);
  for (let from = 0; from < entries.length; from += 1000) {
    unit.batch(() => {
      const end = Math.min(from + 1000, entries.length);
      for (let place = from; place < end; place++) unit.setState(rows[place], entries[place]);
    });
  }
  return { manager, unit };
}
export const save = ({ manager }) => manager.createSnapshotBytes();
export async function load(bytes) {
  const { manager, unit } = open(0);
  await manager.restoreFromSnapshot(bytes);
  return { manager, unit };
}
export const readEntry = ({ unit }, place) => unit.getState(rows[place]);

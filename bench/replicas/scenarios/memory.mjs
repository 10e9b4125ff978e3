// What the core's memory grows to with numbers under so many keys, and whether it goes on growing.
import assert from 'node:assert/strict';

export const title = 'memory of the core';

const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    if (this.exports.memory !== undefined) memories.push(this.exports.memory);
  }
};

const used = () => Math.max(...memories.map(({ buffer }) => buffer.byteLength));
const perSpace = 100_000;

export async function run(adapter, { entries }) {
  const { createStateManager, defineState, StateScope } = await import('danji');
  const manager = createStateManager({ isolated: true, channel: false });
  const scope = StateScope.APARTMENT_SHARED;
  const many = Math.min(perSpace, entries);
  const states = Array.from({ length: many }, (_, place) =>
    defineState({ key: `n${place}`, scope, default: 0 }),
  );
  const units = Array.from({ length: Math.ceil(entries / perSpace) }, (_, space) =>
    manager.createUnitStateStore(`bench-${space}`, { apartment: `home-${space}` }),
  );
  for (const unit of units) {
    for (let from = 0; from < many; from += 1000) {
      unit.batch(() => {
        for (const state of states.slice(from, from + 1000)) unit.setState(state, from);
      });
    }
    await null;
  }
  const bytes = used();

  const [first] = units;
  for (let i = 0; i < entries; i++) {
    first.setState(states[i % 1000], i);
    if (i % 1000 === 999) await null;
  }
  for (let i = 0; i < 10_000; i++) first.subscribe(states[0], () => {})();
  assert.equal(first.getState(states[999]), entries - 1);
  return { bytes, grown: used() - bytes };
}

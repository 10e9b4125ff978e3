// How far a write has to be on the disk before its promise resolves.
import assert from 'node:assert/strict';
import { DanjiError, defineState } from 'danji';
import { memoryStorage } from '../../dist/js/src/entry/storage.js';
import { openManager, refusal, rejection, test } from './harness.js';

const draft = defineState({
  key: 'draft', scope: 'private', default: '', lifetime: 'persistent',
});
const cart = defineState({ key: 'cart', scope: 'apartment', default: {}, lifetime: 'persistent' });
const hint = defineState({ key: 'hint', scope: 'private', default: '' });
const strict = { wait: 'persisted', durability: 'strict' };

/** An adapter that notes what was committed how; `faults` are for the strict ones. */
function noting() {
  const real = memoryStorage();
  const commits = [];
  const faults = [];
  const commit = async (rows, durability) => {
    const fault = durability === 'strict' ? faults.shift() : undefined;
    await real.commit(rows, durability);
    commits.push([durability, ...rows.put.map(([key]) => key)]);
    if (fault !== undefined) throw fault;
  };
  return { storage: { ...real, commit }, commits, faults };
}

function openOn(storage) {
  const errors = [];
  const manager = openManager({ storage, onError: (error) => errors.push(error) });
  return { manager, unit: manager.createUnitStateStore('till'), errors };
}

test('a strict write is flushed after it was written, a relaxed one is not', async () => {
  const { storage, commits } = noting();
  const { unit } = openOn(storage);
  await unit.setState(draft, 'one', { wait: 'persisted', durability: 'relaxed' });
  assert.deepEqual(commits.map(([durability]) => durability), ['relaxed']);

  const receipt = await unit.setState(draft, 'two', strict);
  assert.equal(receipt.applied, 'persisted');
  const row = 'unit/tab/private:main/main/till/draft';
  assert.deepEqual(commits.slice(1), [['relaxed', row], ['strict', 'flush']]);
  await unit.unsetState(draft, strict);
  assert.deepEqual(commits.at(-1), ['strict', 'flush']);
});

test('strict writes that are on the disk together are flushed together', async () => {
  const { storage, commits } = noting();
  const { unit } = openOn(storage);
  unit.getState(cart);
  await Promise.all(['a', 'b', 'c'].map((text) => unit.setState(draft, text, strict)));
  assert.equal(commits.filter(([durability]) => durability === 'strict').length, 1);
});

test('a disk that can not flush says so, and the write stands', async () => {
  const { storage, faults } = noting();
  const { unit } = openOn(storage);
  faults.push(new DanjiError('QUOTA', 'made up'), new Error('made up'));
  await rejection('QUOTA', unit.setState(draft, 'one', strict));
  await rejection('STORAGE', unit.setState(draft, 'two', strict));
  await unit.setState(draft, 'three', strict);
  assert.equal(unit.getState(draft), 'three');
});

test('what is flushed is read by the next page like anything else', async () => {
  const { storage } = noting();
  const first = openOn(storage);
  await first.unit.setState(cart, { tea: 1 }, strict);
  await first.manager.close();
  const second = openOn(storage);
  second.unit.getState(cart);
  await second.manager.ready;
  assert.deepEqual(second.unit.getState(cart), { tea: 1 });
  assert.deepEqual(second.errors, []);
});

test('durability is said of a write that waits for the disk, in words that are known', () => {
  const { unit } = openOn(noting().storage);
  for (const options of [
    { durability: 'strict' }, { durability: 'strict', wait: 'local' },
    { durability: 'iron', wait: 'persisted' },
  ]) {
    refusal('INVALID_VALUE', () => unit.setState(draft, 'x', options));
    refusal('INVALID_VALUE', () => unit.unsetState(draft, options));
  }
  refusal('INVALID_VALUE', () => unit.setState(hint, 'x', strict));
  assert.equal(unit.getState(draft), '');
});

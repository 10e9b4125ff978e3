// The core holds the state: what a tab's own core says of each space is what the native build
// makes of the same decided log.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from '../js/fake-tabs.js';
import { openManager, pageOf, test } from '../js/harness.js';
import { Random } from '../js/random.js';
import { replay } from './replay.js';

const states = [
  defineState({ key: 'draft', scope: 'private', default: '' }),
  defineState({ key: 'hall', scope: 'building', default: 0 }),
  defineState({ key: 'cart', scope: 'apartment', default: { items: [] } }),
  defineState({ key: 'total', scope: 'apartment', default: 0 }),
  defineState({ key: 'theme', scope: 'global', default: 'light' }),
];

function journalOf(manager) {
  const { store } = pageOf(manager);
  store.fillDeferred();
  return store.bridge.journal();
}

/** What the core in this process says, in the replay's words. */
function standOf(manager) {
  const { store } = pageOf(manager);
  store.fillDeferred();
  return JSON.parse(store.bridge.inspect()).spaces.map(({ address, epoch, index }, id) => {
    return { address, epoch, index, digest: store.bridge.digest(id) };
  });
}

async function assertReplays(manager) {
  const stand = standOf(manager);
  assert.ok(stand.some(({ index }) => index > 0), 'nothing was decided');
  assert.deepEqual(await replay(journalOf(manager)), stand);
}

function writeRandomly(random, unit, write) {
  const state = random.pick(states);
  const value = [write, `text ${write}`, { write, list: [null, true, { deep: -0.5 }] }];
  switch (random.below(6)) {
    case 0:
      return unit.unsetState(state);
    case 1:
      return unit.batch(() => states.forEach((each) => unit.setState(each, random.pick(value))));
    default:
      return unit.setState(state, random.pick(value));
  }
}

test('a tab alone: the digests after random writes are the native replay', async () => {
  const manager = openManager({}, { keepsJournal: true });
  const unit = manager.createUnitStateStore('cart');
  const random = new Random(11);
  for (let write = 0; write < 300; write++) writeRandomly(random, unit, write);
  await assertReplays(manager);
});

test('snapshots restored in between are in the log like any write', async () => {
  const manager = openManager({}, { keepsJournal: true });
  const unit = manager.createUnitStateStore('cart');
  const random = new Random(12);
  for (let write = 0; write < 40; write++) writeRandomly(random, unit, write);
  const bytes = manager.createSnapshotBytes();
  for (let write = 0; write < 40; write++) writeRandomly(random, unit, write);
  await manager.restoreFromSnapshot(bytes, 'replace');
  await manager.restoreFromSnapshot(manager.createSnapshot(), 'merge');
  await assertReplays(manager);
});

for (const seed of [21, 22, 23]) {
  test(`takeovers, seed ${seed}: every tab's digests are the replay of its own log`, async (t) => {
    const world = openTabs(t, { seed });
    const random = new Random(seed);
    const open = () => world.open({ journal: true });
    let tabs = [open(), open(), open()];
    for (let write = 0; write < 250; write++) {
      writeRandomly(random, random.pick(tabs).unit, write);
      for (let steps = random.below(3); steps > 0; steps--) await world.step();
      if (write % 50 !== 49) continue;
      const [leader] = tabs.filter(({ manager }) => manager.tabs.isLeader());
      if (leader === undefined) continue;
      tabs = tabs.filter((tab) => tab !== leader);
      if (random.below(2) === 0) leader.crash();
      else await leader.manager.close();
      tabs.push(open());
    }
    await world.advance(3000);
    for (const { manager } of tabs) await assertReplays(manager);
  });
}

test('a frozen leader that comes back under another log is replayed too', async (t) => {
  const world = openTabs(t);
  const [first, second] = [world.open({ journal: true }), world.open({ journal: true })];
  const [, , cart, total, theme] = states;
  await world.settle();
  first.unit.setState(cart, { items: [1] });
  await world.settle();
  first.unit.setState(total, 5);
  first.freeze();
  second.unit.setState(theme, 'dark');
  await world.advance(20_000);
  first.thaw();
  await world.advance(3000);
  for (const { manager, unit } of [first, second]) {
    assert.equal(unit.getState(total), 5);
    await assertReplays(manager);
  }
});

test('bytes that are no journal are refused with a sentence', async () => {
  const manager = openManager({}, { keepsJournal: true });
  const unit = manager.createUnitStateStore('cart');
  for (let write = 0; write < 5; write++) unit.setState(states[2], { items: [write] });
  const journal = journalOf(manager);
  const fails = (bytes, words) => assert.rejects(replay(bytes), { message: words });
  await fails(journal.slice(0, -1), /no journal/);
  await fails(new TextEncoder().encode('something else'), /no journal/);
  // Without its second item the first record does not follow.
  const [, withoutFirst] = cutItem(journal);
  await fails(withoutFirst, /gap|another log/);
  assert.deepEqual(await replay(new Uint8Array(0)), []);
});

/** The journal of one space with its first record taken out. */
function cutItem(journal) {
  const bytes = Buffer.from(journal);
  const nameLength = bytes[0];
  const start = 1 + nameLength + 4;
  const state = start + 5 + bytes.readUInt32LE(start + 1);
  const record = state + 5 + bytes.readUInt32LE(state + 1);
  const cut = Buffer.concat([bytes.subarray(0, state), bytes.subarray(record)]);
  cut.writeUInt32LE(cut.length - start, 1 + nameLength);
  return [bytes.subarray(state, record), cut];
}

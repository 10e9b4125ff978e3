// Isolated managers, closed after each test, and the check that the core holds the state.
//
// Use this file's `test` in place of node:test's: when the body has passed, every manager that is
// still open is compared with its own core, so no test passes on the glue's word alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import { wasmLoader, startCore } from '../../dist/js/src/load.js';
import { Manager } from '../../dist/js/src/manager.js';
import { openPage } from '../../dist/js/src/page.js';

/** DANJI_ENGINE=js runs the same tests on the plain JavaScript core. */
async function chooseLoader() {
  if (process.env.DANJI_ENGINE === 'js') {
    const { instantiate } = await import('../../dist/js/src/engine/plain.js');
    return { kind: 'js', load: () => startCore(instantiate()) };
  }
  const bytes = readFileSync(new URL('../../dist/core/danji.wasm', import.meta.url));
  return wasmLoader(new WebAssembly.Module(bytes));
}

export const loader = await chooseLoader();

const pages = new Map();

/** Runs `body`, then the comparison, then closes whatever the body opened. */
export function test(name, body) {
  nodeTest(name, async (t) => {
    try {
      await body(t);
      for (const [manager, { unexpected }] of pages) {
        assert.deepEqual(unexpected, [], 'errors that nobody asked for');
        await assertCoreAgrees(manager);
      }
    } finally {
      for (const manager of pages.keys()) await manager.close();
      pages.clear();
    }
  });
}

/**
 * A manager with a core of its own that works alone unless `parts` bring locks and `options` a
 * channel. Without an `onError` of its own, a report fails the test.
 */
export function openManager(options = {}, parts = {}) {
  const unexpected = [];
  const onError = (error) => unexpected.push(error);
  const page = openPage(loader, { channel: false, onError, ...options }, () => {}, parts);
  const manager = new Manager(page);
  pages.set(manager, { page, unexpected });
  return manager;
}

/** One unit on a manager of its own, with everything that was reported. */
export function openUnit(unitId = 'cart', options = {}) {
  const errors = [];
  const manager = openManager({ onError: (error) => errors.push(error), ...options });
  return { manager, unit: manager.createUnitStateStore(unitId), errors };
}

/**
 * Until so many errors were reported, and what comes right behind them; or for ten seconds. Timers
 * say when nobody listened, and a busy machine is late with them.
 */
export async function reported(errors, count) {
  const end = performance.now() + 10_000;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
  while (errors.length < count && performance.now() < end) await pause();
  await pause();
}

/** The insides, for tests that look at frames, digests or the core itself. */
export function pageOf(manager) {
  return pages.get(manager).page;
}

/** For a manager whose core was stopped on purpose: there is nothing left to compare. */
export function forget(manager) {
  pages.delete(manager);
}

/** The digest of each shared space in which anything was decided, as the core computes it. */
export function sharedDigests(manager) {
  const { store } = pageOf(manager);
  store.fillDeferred();
  const { spaces } = JSON.parse(store.bridge.inspect());
  return spaces
    .map(({ address, index }, id) => ({ address, index, digest: store.bridge.digest(id) }))
    .filter(({ address, index }) => address.startsWith('device/') && index > 0)
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Everything that is confirmed in the core, as bytes: equal before and after what is refused. */
export function coreOf(manager) {
  return Buffer.from(manager.createSnapshotBytes()).toString('hex');
}

/**
 * Every mirrored value is what the core itself says, in place and after its bytes went into
 * another core. Values that are not decided yet are left out: the core shows them to nobody.
 */
export async function assertCoreAgrees(manager) {
  if (manager.closed) return;
  const { store } = pageOf(manager);
  const { entries } = manager.createSnapshot();
  const rows = new Map(entries.map((entry) => [`${entry.space} ${entry.key}`, entry]));
  for (const cell of store.cells) {
    if (cell === undefined || cell.pending > 0 || cell.error !== null) continue;
    const place = `${cell.space.address} ${cell.key}`;
    const row = rows.get(place);
    if (!cell.isSet) {
      assert.equal(row, undefined, `${place} is unset, the core has ${row?.value}`);
      assert.deepEqual(cell.value, cell.registration.defaultValue, `${place} shows its default`);
      continue;
    }
    assert.ok(row, `${place} is set, the core knows nothing of it`);
    assert.deepEqual(JSON.parse(JSON.stringify(cell.value)), row.value, `${place} in the core`);
    assert.equal(cell.index, row.version.index, `the version of ${place}`);
    assert.equal(cell.millis, row.timestamp, `the time of ${place}`);
    assert.equal(store.unitName(cell.unit), row.unitId, `the author of ${place}`);
  }
  await assertSurvivesAnotherCore(manager.createSnapshotBytes(), entries);
}

async function assertSurvivesAnotherCore(bytes, entries) {
  const page = openPage(loader, { channel: false }, () => {});
  const fresh = new Manager(page);
  // Whatever permissions the keys have: it is the bytes that are looked at.
  page.store.bridge.unit('host', '*');
  try {
    await fresh.restoreFromSnapshot(bytes);
    assert.deepEqual(valuesOf(fresh.createSnapshot().entries), valuesOf(entries));
  } finally {
    fresh.close();
  }
}

function valuesOf(entries) {
  return Object.fromEntries(entries.map(({ space, key, value }) => [`${space} ${key}`, value]));
}

/** The error that `call` throws at once, which has to be a DanjiError of that code. */
export function refusal(code, call) {
  let caught;
  try {
    call();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught, `nothing was thrown where ${code} was expected`);
  assert.equal(caught.name, 'DanjiError', String(caught?.stack));
  assert.equal(caught.code, code, caught.message);
  return caught;
}

/** The same for a promise. */
export async function rejection(code, promise) {
  let caught;
  try {
    await promise;
  } catch (error) {
    caught = error;
  }
  return refusal(code, () => {
    if (caught !== undefined) throw caught;
  });
}

// Random histories of tabs that run three releases, open, crash and write at once: the value that
// is kept always has the form of the version that stands, and all tabs agree on it.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { sharedDigests, test } from './harness.js';
import { Random } from './random.js';

const releases = [1, 2, 3];
const rounds = Number(process.env.DANJI_ROUNDS ?? 12);

/** A value of release n is { [`r${n}`]: count, … }: only its own schema takes it. */
function orderOf(release, strategy) {
  const steps = releases.filter((from) => from < release).map((from) => ({
    from: String(from),
    up: ({ [`r${from}`]: count, ...rest }) => ({ ...rest, [`r${from + 1}`]: count }),
    down: ({ [`r${from + 1}`]: count, ...rest }) => ({ ...rest, [`r${from}`]: count }),
  }));
  return defineState({
    key: 'order',
    scope: 'global',
    conflictResolution: strategy,
    default: { [`r${release}`]: 0 },
    schema: {
      version: String(release),
      required: [`r${release}`],
      properties: { [`r${release}`]: { type: 'integer' }, note: { type: 'integer' } },
      additionalProperties: false,
      migration: steps,
    },
  });
}

/** What may become of a write among releases, besides being made. */
const mayBe = new Set(['READ_ONLY_SCHEMA', 'STALE', 'VOID', 'CLOSED', 'VALIDATION']);

class History {
  constructor(t, seed, strategy) {
    this.random = new Random(seed);
    this.world = openTabs(t, { seed });
    this.orders = new Map(releases.map((release) => [release, orderOf(release, strategy)]));
    this.tabs = [];
    this.written = 0;
  }

  open() {
    const tab = this.world.open({ unitId: 'first' });
    const release = this.random.pick(releases);
    tab.units = [{ unit: tab.unit, release }];
    this.tabs.push(tab);
    // A release that nobody has used on a page brings nothing up there.
    tab.unit.getState(this.orders.get(release));
  }

  /** A unit of another release joins a page. */
  join() {
    const tab = this.random.pick(this.tabs);
    const release = this.random.pick(releases);
    const unit = tab.manager.createUnitStateStore(`unit-${tab.units.length}`);
    tab.units.push({ unit, release });
    unit.getState(this.orders.get(release));
  }

  write() {
    const { unit, release } = this.random.pick(this.random.pick(this.tabs).units);
    const order = this.orders.get(release);
    const count = ++this.written;
    const change = this.random.pick([
      () => unit.setState(order, { [`r${release}`]: count }),
      () => unit.update(order, (draft) => { draft.note = count; }),
      () => unit.unsetState(order),
    ]);
    try {
      change().catch((error) => this.#refused(error));
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error) {
    assert.ok(mayBe.has(error.code), error.stack);
  }

  async run(steps) {
    this.open();
    for (let step = 0; step < steps; step++) {
      const choice = this.random.below(20);
      if (choice < 9) this.write();
      else if (choice < 11) this.join();
      else if (choice < 12 && this.tabs.length < 4) this.open();
      else if (choice < 13 && this.tabs.length > 1) this.crash();
      else if (choice < 18) await this.world.step();
      else await this.world.settle();
    }
    await this.world.advance(40_000);
  }

  crash() {
    const tab = this.random.pick(this.tabs);
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    tab.crash();
  }

  check() {
    assertAgree(this.tabs, (tab) => sharedDigests(tab.manager));
    for (const { manager, units, errors } of this.tabs) {
      for (const error of errors) assert.ok(mayBe.has(error.code), error.stack);
      const [kept] = manager.createSnapshot().entries;
      for (const { unit, release } of units) this.#checkReading(unit, release, units, kept?.value);
    }
  }

  /** A unit sees its own form, unless the page lacks the steps to it. */
  #checkReading(unit, release, units, kept) {
    const seen = unit.getState(this.orders.get(release));
    const highest = Math.max(...units.map((one) => one.release));
    const form = releases.find((one) => Object.hasOwn(seen, `r${one}`));
    if (kept === undefined) return assert.deepEqual(seen, { [`r${release}`]: 0 });
    const standing = releases.find((one) => Object.hasOwn(kept, `r${one}`));
    assert.equal(form, standing > highest ? standing : release);
    assert.equal(seen[`r${form}`], kept[`r${standing}`]);
    assert.equal(seen.note, kept.note);
    return assert.ok(standing >= highest, 'it was brought up');
  }
}

for (const strategy of ['last_write_wins', 'merge']) {
  test(`${strategy}: releases that share a key agree, whatever happens`, async (t) => {
    const first = Number(process.env.DANJI_SEED ?? Math.floor(performance.now() * 1000));
    for (let round = 0; round < rounds; round++) {
      const seed = first + round;
      try {
        const history = new History(t, seed, strategy);
        await history.run(60);
        history.check();
      } catch (error) {
        error.message = `DANJI_SEED=${seed}: ${error.message}`;
        throw error;
      } finally {
        t.mock.timers.reset();
      }
    }
  });
}

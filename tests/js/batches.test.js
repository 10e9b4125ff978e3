// Batches and transactions: shown together, told once, all or nothing.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { coreOf, openUnit, refusal, rejection, test } from './harness.js';

const count = defineState({ key: 'count', scope: 'private', default: 0 });
const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: [] } });
const total = defineState({ key: 'total', scope: 'apartment', default: 0 });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });

function record(unit, ...states) {
  const heard = [];
  for (const state of states) {
    unit.subscribe(state, (value) => heard.push([state.key, value]));
  }
  return heard;
}

test('a batch is told once for each state, when all of it is in place', () => {
  const { unit } = openUnit();
  const seen = [];
  unit.subscribe(count, () => seen.push([unit.getState(count), unit.getState(total)]));
  unit.subscribe(total, () => seen.push([unit.getState(count), unit.getState(total)]));
  const result = unit.batch(() => {
    unit.setState(count, 1);
    unit.setState(total, 10);
    unit.setState(count, 2);
    assert.deepEqual(seen, []);
    return 'done';
  });
  assert.equal(result, 'done');
  assert.deepEqual(seen, [[2, 10], [2, 10]]);
});

test('a batch reads what it wrote, and nobody else does before its end', () => {
  const { manager, unit } = openUnit();
  unit.setState(count, 1);
  unit.batch(() => {
    unit.setState(count, 5);
    unit.setState(count, (n) => n + 1);
    assert.equal(unit.getState(count), 6);
    unit.unsetState(count);
    assert.equal(unit.getState(count), 0);
    unit.setState(count, 7);
    assert.equal(manager.createSnapshot().entries[0].value, 1);
  });
  assert.equal(unit.getState(count), 7);
});

test('a reading inside a batch has what is staged and the metadata of what is committed', () => {
  const { unit } = openUnit();
  unit.setState(count, 1);
  const committed = unit.readState(count);
  unit.batch(() => {
    assert.equal(unit.readState(count), committed);
    unit.setState(count, 5);
    const staged = unit.readState(count);
    assert.equal(staged.value, 5);
    assert.equal(staged.meta, committed.meta);
    assert.equal(unit.readState(count), staged);
    unit.unsetState(count);
    assert.equal(unit.readState(count).value, 0);
    unit.setState(count, 1);
    assert.equal(unit.readState(count), committed);
    assert.throws(() =>
      unit.batch(() => {
        unit.setState(count, 6);
        assert.equal(unit.readState(count).value, 6);
        throw new Error('inner');
      }),
    );
    assert.equal(unit.readState(count), committed);
    unit.setState(count, 7);
  });
  assert.equal(unit.readState(count).value, 7);
  assert.notEqual(unit.readState(count).meta, committed.meta);
});

test('all writes of a batch in one space have one version and one op', async () => {
  const { unit } = openUnit();
  const [first, second, third] = unit.batch(() => [
    unit.setState(cart, { items: [1] }),
    unit.setState(total, 3),
    unit.setState(theme, 'dark'),
  ]);
  const receipts = await Promise.all([first, second, third]);
  assert.equal(receipts[0].opId, receipts[1].opId);
  assert.deepEqual({ ...receipts[0].version }, { ...receipts[1].version });
  assert.notEqual(receipts[2].opId, receipts[0].opId);
  assert.deepEqual({ ...unit.readState(cart).meta.version }, { ...receipts[0].version });
  assert.deepEqual({ ...unit.readState(theme).meta.version }, { ...receipts[2].version });
});

test('of several writes to one state in a batch only the last is committed', async () => {
  const { manager, unit } = openUnit();
  unit.setState(count, 0);
  const { version } = unit.readState(count).meta;
  const receipts = unit.batch(() => [1, 2, 3].map((n) => unit.setState(count, n)));
  const [one, two, three] = await Promise.all(receipts);
  assert.equal(one, three);
  assert.equal(two, three);
  assert.equal(three.version.index, version.index + 1);
  assert.equal(manager.createSnapshot().entries[0].value, 3);
});

test('a batch that throws changes nothing, and its promises are rejected', async () => {
  const { manager, unit } = openUnit();
  unit.setState(count, 1);
  const before = coreOf(manager);
  const heard = record(unit, count, cart);
  const reason = new Error('changed my mind');
  let receipt;
  assert.throws(
    () =>
      unit.batch(() => {
        receipt = unit.setState(count, 2);
        unit.setState(cart, { items: [1] });
        throw reason;
      }),
    (error) => error === reason,
  );
  await assert.rejects(receipt, (error) => error === reason);
  assert.equal(unit.getState(count), 1);
  assert.deepEqual(heard, []);
  assert.equal(coreOf(manager), before);
});

test('after a batch that threw the next write works as ever', () => {
  const { unit } = openUnit();
  refusal('INVALID_VALUE', () =>
    unit.batch(() => {
      unit.setState(count, 2);
      unit.setState(cart, NaN);
    }),
  );
  unit.setState(count, 3);
  unit.batch(() => unit.setState(count, (n) => n + 1));
  assert.equal(unit.getState(count), 4);
});

test('a bad write that is caught inside a batch leaves the rest of it whole', () => {
  const { unit } = openUnit();
  unit.batch(() => {
    unit.setState(count, 2);
    refusal('INVALID_VALUE', () => unit.setState(cart, undefined));
    unit.setState(total, 9);
  });
  assert.equal(unit.getState(count), 2);
  assert.equal(unit.getState(total), 9);
  assert.deepEqual(unit.getState(cart), { items: [] });
});

test('a batch inside a batch belongs to the outer one', () => {
  const { unit } = openUnit();
  const heard = record(unit, count, total);
  unit.batch(() => {
    unit.setState(count, 1);
    unit.batch(() => unit.setState(total, 1));
    assert.deepEqual(heard, []);
    assert.equal(unit.getState(total), 1);
  });
  assert.deepEqual(heard, [['count', 1], ['total', 1]]);
});

test('an inner batch that throws takes back its own writes only', async () => {
  const { unit } = openUnit();
  let lost;
  unit.batch(() => {
    unit.setState(count, 1);
    unit.setState(cart, { items: ['outer'] });
    assert.throws(() =>
      unit.batch(() => {
        unit.setState(count, 2);
        lost = unit.setState(total, 5);
        unit.unsetState(cart);
        throw new Error('inner');
      }),
    );
    assert.equal(unit.getState(count), 1);
    assert.equal(unit.getState(total), 0);
  });
  await assert.rejects(lost, /inner/);
  assert.equal(unit.getState(count), 1);
  assert.equal(unit.getState(total), 0);
  assert.deepEqual(unit.getState(cart), { items: ['outer'] });
});

test('an inner batch that throws unheard abandons the outer one too', () => {
  const { unit } = openUnit();
  assert.throws(() =>
    unit.batch(() => {
      unit.setState(count, 1);
      unit.batch(() => {
        throw new Error('inner');
      });
    }),
  );
  assert.equal(unit.getState(count), 0);
});

test('an empty batch does nothing and tells nobody', () => {
  const { manager, unit } = openUnit();
  unit.setState(count, 1);
  const before = coreOf(manager);
  const heard = record(unit, count);
  assert.equal(unit.batch(() => 5), 5);
  assert.deepEqual(heard, []);
  assert.equal(coreOf(manager), before);
});

test('several units write in one batch, each under its own name', async () => {
  const { manager, unit } = openUnit('cart');
  const header = manager.createUnitStateStore('header');
  const heard = record(unit, theme, total);
  const [one, two, three] = await Promise.all(
    unit.batch(() => [
      unit.setState(total, 1),
      header.setState(theme, 'dark'),
      header.setState(cart, { items: [2] }),
    ]),
  );
  assert.deepEqual(heard, [['total', 1], ['theme', 'dark']].sort().reverse());
  assert.equal(unit.readState(total).meta.updatedBy, 'cart');
  assert.equal(unit.readState(theme).meta.updatedBy, 'header');
  assert.equal(unit.readState(cart).meta.updatedBy, 'header');
  assert.equal(new Set([one.opId, two.opId, three.opId]).size, 3);
});

test('of two units that write one state in a batch the last one is its author', () => {
  const { manager, unit } = openUnit('cart');
  const header = manager.createUnitStateStore('header');
  unit.batch(() => {
    header.setState(theme, 'dark');
    unit.setState(theme, 'blue');
  });
  assert.equal(unit.getState(theme), 'blue');
  assert.equal(unit.readState(theme).meta.updatedBy, 'cart');
});

test('a listener may start a batch of its own', () => {
  const { unit } = openUnit();
  const heard = record(unit, total, theme);
  unit.subscribe(count, (n) =>
    unit.batch(() => {
      unit.setState(total, n * 2);
      unit.setState(theme, 'dark');
    }),
  );
  unit.setState(count, 4);
  assert.deepEqual(heard, [['total', 8], ['theme', 'dark']]);
});

test('wait: local inside a batch is kept', async () => {
  const { unit } = openUnit();
  const receipt = await unit.batch(() => unit.setState(count, 1, { wait: 'local' }));
  assert.equal(receipt.applied, 'acked');
});

test('batchUpdate takes values, updaters and unset, and gives a receipt for each', async () => {
  const { manager, unit } = openUnit();
  unit.setState(count, 1);
  unit.setState(cart, { items: [1] });
  const heard = record(unit, count, cart, theme);
  const receipts = await manager.batchUpdate(
    [
      { key: count, value: (n) => n + 10 },
      { key: cart, unset: true },
      { key: theme, value: 'dark' },
      { key: 'count', value: (n) => n * 2 },
    ],
    'cart',
  );
  assert.equal(receipts.length, 4);
  assert.ok(receipts.every(({ applied }) => applied === 'acked'));
  assert.equal(receipts[0], receipts[3]);
  assert.deepEqual(heard, [['count', 22], ['cart', { items: [] }], ['theme', 'dark']]);
});

test('batchUpdate of nothing resolves with nothing', async () => {
  const { manager } = openUnit();
  assert.deepEqual(await manager.batchUpdate([], 'cart'), []);
});

test('a transaction in one space is one op with one version', async () => {
  const { manager, unit } = openUnit();
  const heard = record(unit, cart, total);
  const items = await manager.transaction('cart', (tx) => {
    tx.setState(cart, { items: ['tea', 'milk'] });
    tx.setState(total, (n) => n + tx.getState(cart).items.length);
    return tx.getState(total);
  });
  assert.equal(items, 2);
  assert.deepEqual(heard, [['cart', { items: ['tea', 'milk'] }], ['total', 2]]);
  const [one, two] = [cart, total].map((state) => unit.readState(state).meta.version);
  assert.deepEqual({ ...one }, { ...two });
});

test('a transaction over two spaces is refused, changes nothing and names them', async () => {
  const { manager, unit } = openUnit();
  unit.setState(total, 1);
  const heard = record(unit, cart, theme, total);
  const before = coreOf(manager);
  const error = await rejection(
    'CROSS_SPACE',
    manager.transaction('cart', (tx) => {
      tx.setState(total, 2);
      tx.setState(theme, 'dark');
      tx.unsetState(count);
    }),
  );
  const spaces = ['device/apartment:main', 'device/global', 'tab/private:main/main/cart'];
  assert.deepEqual(error.details, spaces);
  for (const space of spaces) assert.ok(error.message.includes(space), error.message);
  assert.deepEqual(heard, []);
  assert.equal(unit.getState(total), 1);
  assert.equal(coreOf(manager), before);
});

test('a transaction that throws changes nothing and passes the error on', async () => {
  const { manager, unit } = openUnit();
  const reason = new Error('no stock');
  const lost = manager.transaction('cart', (tx) => {
    tx.setState(total, 5);
    throw reason;
  });
  await assert.rejects(lost, (error) => error === reason);
  assert.equal(unit.getState(total), 0);
});

test('a transaction inside a batch is refused, and one of a unit that is not there', async () => {
  const { manager, unit } = openUnit();
  let inside;
  unit.batch(() => {
    inside = manager.transaction('cart', () => {});
    unit.setState(count, 1);
  });
  await rejection('BUSY', inside);
  assert.equal(unit.getState(count), 1);
  await rejection('UNKNOWN_UNIT', manager.transaction('nobody', () => {}));
});

test('a thousand writes in a batch are told in one round and are all in the core', () => {
  const { manager, unit } = openUnit();
  let rounds = 0;
  manager.subscribeAll(() => rounds++);
  const keys = Array.from({ length: 1000 }, (_, place) => `key ${place}`);
  for (const key of keys) manager.registerSharedState({ key, scope: 'building', default: -1 });
  unit.batch(() => keys.forEach((key, place) => unit.setState(key, place)));
  assert.equal(rounds, 1);
  assert.equal(manager.createSnapshot().entries.length, 1000);
  assert.ok(keys.every((key, place) => unit.getState(key) === place));
});

test('a batch too large for one op in a shared space is refused as a whole', () => {
  const { manager, unit } = openUnit();
  const keys = Array.from({ length: 4097 }, (_, place) => `key ${place}`);
  for (const key of keys) manager.registerSharedState({ key, scope: 'apartment', default: -1 });
  const write = () => keys.forEach((key, place) => unit.setState(key, place));
  refusal('TOO_LARGE', () => unit.batch(write));
  assert.equal(unit.getState('key 0'), -1);
  assert.deepEqual(manager.createSnapshot().entries, []);
});

test('update in a batch works on what the batch wrote', () => {
  const { unit } = openUnit();
  const heard = record(unit, cart);
  unit.batch(() => {
    unit.setState(cart, { items: ['tea'] });
    unit.update(cart, (draft) => void draft.items.push('milk'));
    unit.update(cart, (draft) => void draft.items.push('rice'));
  });
  assert.deepEqual(heard, [['cart', { items: ['tea', 'milk', 'rice'] }]]);
});

test('update that changes nothing tells nobody, and one that throws writes nothing', () => {
  const { unit } = openUnit();
  unit.setState(cart, { items: ['tea'] });
  const before = unit.getState(cart);
  const heard = record(unit, cart);
  unit.update(cart, () => {});
  assert.throws(
    () =>
      unit.update(cart, (draft) => {
        draft.items.push('milk');
        throw new Error('no');
      }),
    /no/,
  );
  refusal('INVALID_VALUE', () => unit.update(cart, (draft) => void (draft.when = new Date(0))));
  refusal('INVALID_VALUE', () => unit.update(theme, () => {}));
  assert.equal(unit.getState(cart), before);
  assert.deepEqual(heard, []);
});

test('writes of one unit in one space share one receipt, however many there are', async () => {
  const { manager, unit } = openUnit('cart');
  const header = manager.createUnitStateStore('header');
  const receipts = await Promise.all(
    unit.batch(() => [
      unit.setState(total, 1),
      header.setState(total, 2),
      unit.setState(cart, { items: [1] }),
      header.setState(theme, 'dark'),
      unit.setState(total, 3),
      header.setState(count, 4),
    ]),
  );
  const [first, second, third, , fifth] = receipts;
  assert.equal(first, third);
  assert.equal(first, fifth);
  // Of the header's writes there, none was left.
  assert.equal(second, first);
  assert.equal(new Set(receipts).size, 3);
});

test('a write that an inner batch takes back is rejected, also where the outer one wrote', async () => {
  const { unit } = openUnit();
  const reason = new Error('inner');
  const [kept, lost] = unit.batch(() => {
    const outer = unit.setState(total, 1);
    let inner;
    assert.throws(() =>
      unit.batch(() => {
        inner = [unit.setState(total, 2), unit.setState(total, 3, { wait: 'local' })];
        throw reason;
      }),
    );
    return [outer, inner];
  });
  assert.equal((await kept).applied, 'acked');
  for (const promise of lost) await assert.rejects(promise, (error) => error === reason);
  assert.equal(unit.getState(total), 1);
});

test('an inner batch that ends well is taken back with the one around it', () => {
  const { unit } = openUnit();
  unit.batch(() => {
    unit.setState(total, 1);
    assert.throws(() =>
      unit.batch(() => {
        unit.batch(() => {
          unit.setState(total, 2);
          unit.setState(cart, { items: [2] });
        });
        assert.equal(unit.getState(total), 2);
        throw new Error('middle');
      }),
    );
    assert.equal(unit.getState(total), 1);
  });
  assert.equal(unit.getState(total), 1);
  assert.deepEqual(unit.getState(cart), { items: [] });
});

test('a batch whose clock throws is abandoned, and nothing of it is seen', async () => {
  let now = 1;
  const { unit } = openUnit('cart', {
    clock: () => {
      if (Number.isNaN(now)) throw new Error('no time');
      return now;
    },
  });
  unit.setState(total, 1);
  await undefined; // A task of its own: the clock is read once in each.
  now = NaN;
  assert.throws(() => unit.batch(() => unit.setState(total, 2)), /no time/);
  now = 2;
  assert.equal(unit.getState(total), 1);
  unit.batch(() => unit.setState(total, (n) => n + 2));
  assert.equal(unit.getState(total), 3);
  assert.equal(unit.readState(total).meta.updatedAt, 2);
});

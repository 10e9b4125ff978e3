// Bad input: a DanjiError with a code and a path, at once; the state, the core and the bystanders
// as they were.
import assert from 'node:assert/strict';
import { DanjiError, defineState } from 'danji';
import { runInNewContext } from 'node:vm';
import { coreOf, openManager, openUnit, refusal, rejection, test } from './harness.js';

const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: [] } });
const count = defineState({ key: 'count', scope: 'private', default: 0 });

/** A unit whose states have values, and a check that all of it stayed as it was. */
function openWritten() {
  const opened = openUnit();
  const { manager, unit, errors } = opened;
  const good = { items: [{ id: 1, name: 'tea' }] };
  unit.setState(cart, good);
  unit.setState(count, 7);
  let told = 0;
  manager.subscribeAll(() => told++);
  const before = coreOf(manager);
  const reading = unit.readState(cart);
  const assertUnchanged = () => {
    assert.equal(unit.getState(cart), good);
    assert.equal(unit.readState(cart), reading);
    assert.equal(unit.getState(count), 7);
    assert.equal(coreOf(manager), before, 'the core changed');
    assert.equal(told, 0, 'somebody was told of a change');
    assert.deepEqual(errors, []);
  };
  return { ...opened, assertUnchanged };
}

function cycle() {
  const value = { items: [] };
  value.items.push({ back: value });
  return value;
}

function nested(levels) {
  let value = 'deep';
  for (let level = 0; level < levels; level++) value = { in: value };
  return value;
}

class Money {
  amount = 1;
}

const steps32 = Array.from({ length: 32 }, () => 'in').join('.');

/** What is refused, with its code and the path of the fault below `price`. */
const refused = [
  ['undefined', undefined],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['a Date', new Date(0)],
  ['a Map', new Map([[1, 2]])],
  ['a Set', new Set([1])],
  ['a BigInt', 10n],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a RegExp', /x/],
  ['a class instance', new Money()],
  ['a typed array', new Uint8Array(3)],
  ['a promise', Promise.resolve(1)],
  ['a string object', new String('x')],
  ['a high surrogate alone', '\ud83d'],
  ['a low surrogate alone', 'ab\ude00cd'],
  ['an array with a hole', [1, , 3], 'INVALID_VALUE', '.1'],
  ['an undefined inside', { a: undefined }, 'INVALID_VALUE', '.a'],
  ['a lone surrogate as a field name', { '\ud800': 1 }, 'INVALID_VALUE', '.\ud800'],
  ['a cycle', cycle(), 'INVALID_VALUE', '.items.0.back'],
  ['too deep a nesting', nested(33), 'TOO_LARGE', `.${steps32}`.slice(0, -3)],
  ['256 KiB of text', 'x'.repeat(256 * 1024), 'TOO_LARGE', null],
];

for (const [what, value, code = 'INVALID_VALUE', below = ''] of refused) {
  test(`${what} is refused wherever it stands, and nothing changes`, () => {
    const { unit, assertUnchanged } = openWritten();
    for (const [wrap, place] of [
      [(inner) => ({ items: [], price: inner }), 'price'],
      [(inner) => ({ items: [0, [inner]] }), 'items.1.0'],
    ]) {
      const error = refusal(code, () => unit.setState(cart, wrap(value)));
      assert.equal(error.key, 'cart');
      if (what === 'too deep a nesting') assert.ok(error.path.startsWith(place), error.path);
      else assert.equal(error.path, below === null ? '' : place + below);
      assert.ok(error.message.startsWith(`${code}: `));
      assertUnchanged();
    }
    if (typeof value === 'function') return; // At the top it is an updater.
    const error = refusal(code, () => unit.setState(cart, value));
    assert.equal(error.key, 'cart');
    if (below !== null && code !== 'TOO_LARGE') assert.equal(error.path, below.slice(1));
    assertUnchanged();
    refusal(code, () => unit.setState(cart, () => value));
    refusal(code, () => unit.batch(() => unit.setState(cart, value)));
    assertUnchanged();
  });
}

test('undefined is refused with a word about unsetState', () => {
  const { unit, assertUnchanged } = openWritten();
  const error = refusal('INVALID_VALUE', () => unit.setState(cart, undefined));
  assert.match(error.message, /unset/);
  assertUnchanged();
});

test('values at the very limits are let in', () => {
  const { manager, unit } = openUnit();
  unit.setState(cart, nested(32));
  unit.setState(cart, 'x'.repeat(256 * 1024 - 2));
  const key = '가'.repeat(170) + 'xy';
  manager.registerSharedState({ key, scope: 'apartment', default: 0 });
  unit.setState(key, 1);
  assert.equal(unit.getState(key), 1);
});

test('a size counts bytes of UTF-8, not letters', () => {
  const { unit, assertUnchanged } = openWritten();
  refusal('TOO_LARGE', () => unit.setState(cart, '가'.repeat(88_000)));
  refusal('TOO_LARGE', () => unit.setState(cart, Array(130_000).fill(10)));
  assertUnchanged();
});

test('a key that is empty, too long, half a letter or no text is refused', () => {
  const { manager, unit, assertUnchanged } = openWritten();
  const long = ['x'.repeat(513), '가'.repeat(171)];
  for (const key of ['', ...long, '\ud800', 5, null, undefined, {}, []]) {
    refusal('INVALID_KEY', () => defineState({ key, scope: 'private', default: 0 }));
    refusal('INVALID_KEY', () =>
      manager.registerSharedState({ key, scope: 'private', default: 0 }),
    );
    refusal('INVALID_KEY', () => unit.getState(key));
    refusal('INVALID_KEY', () => unit.setState(key, 1));
    refusal('INVALID_KEY', () => unit.unsetState(key));
    refusal('INVALID_KEY', () => unit.readState(key));
    refusal('INVALID_KEY', () => unit.subscribe(key, () => {}));
    refusal('INVALID_KEY', () => manager.subscribe(key, () => {}));
  }
  assertUnchanged();
});

test('a key that nobody registered is refused by name', () => {
  const { manager, unit, assertUnchanged } = openWritten();
  const calls = [
    () => unit.getState('wishes'),
    () => unit.setState('wishes', 1),
    () => unit.unsetState('wishes'),
    () => unit.update('wishes', () => {}),
    () => unit.readState('wishes'),
    () => unit.subscribe('wishes', () => {}),
    () => unit.subscribeToPath('wishes', 'a', () => {}),
    () => manager.getState('wishes', 'cart'),
    () => manager.subscribe('wishes', () => {}),
  ];
  for (const call of calls) assert.equal(refusal('NOT_REGISTERED', call).key, 'wishes');
  assertUnchanged();
});

test('a definition with an unknown scope, a bad option or no default is refused', () => {
  const { manager, assertUnchanged } = openWritten();
  const bad = [
    { key: 'a', scope: 'planet', default: 0 },
    { key: 'a', scope: undefined, default: 0 },
    { key: 'a', scope: '__proto__', default: 0 },
    { key: 'a', scope: 'private', default: undefined },
    { key: 'a', scope: 'private', default: () => undefined },
    { key: 'a', scope: 'private', default: 0, conflictResolution: 7 },
    { key: 'a', scope: 'private', default: 0, sum: {} },
    { key: 'a', scope: 'private', default: 0, merge: {} },
    { key: 'a', scope: 'private', default: 'many', conflictResolution: 'sum' },
    { key: 'a', scope: 'private', default: 0.5, conflictResolution: 'sum' },
    { key: 'a', scope: 'private', default: 0, conflictResolution: 'sum', sum: { digits: 10 } },
    { key: 'a', scope: 'private', default: 0, conflictResolution: 'sum', sum: { min: 1 } },
    { key: 'a', scope: 'private', default: 0, conflictResolution: 'sum', sum: { max: 0.5 } },
    { key: 'a', scope: 'private', default: {}, conflictResolution: 'merge', merge: { depth: 3 } },
    { key: 'a', scope: 'private', default: {}, conflictResolution: 'merge', merge: { groups: [1] } },
    { key: 'a', scope: 'apartment', default: 0, crossTab: 'no' },
    null,
    undefined,
    'a',
  ];
  for (const definition of bad) {
    refusal('INVALID_DEFINITION', () => manager.registerSharedState(definition));
    if (typeof definition?.default === 'function') continue; // Looked at when it is first used.
    refusal('INVALID_DEFINITION', () => defineState(definition));
  }
  // Its name may be known to the manager that registers it, so it is asked only there.
  for (const conflictResolution of ['magic', 'constructor', '']) {
    const definition = { key: 'a', scope: 'private', default: 0, conflictResolution };
    refusal('INVALID_DEFINITION', () => manager.registerSharedState(definition));
  }
  refusal('INVALID_VALUE', () => defineState({ key: 'a', scope: 'private', default: new Map() }));
  refusal('INVALID_VALUE', () =>
    manager.registerSharedState({ key: 'a', scope: 'private', default: () => NaN }),
  );
  refusal('NOT_REGISTERED', () => manager.subscribe('a', () => {}));
  assertUnchanged();
});

test('a default function that throws is told, and the key stays free', () => {
  const { manager, unit, assertUnchanged } = openWritten();
  const broken = () => {
    throw new Error('no default');
  };
  assert.throws(
    () => manager.registerSharedState({ key: 'a', scope: 'private', default: broken }),
    /no default/,
  );
  assertUnchanged();
  manager.registerSharedState({ key: 'a', scope: 'private', default: 1 });
  assert.equal(unit.getState('a'), 1);
});

test('__proto__ and constructor are ordinary keys and pollute nothing', () => {
  const { manager, unit } = openUnit();
  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    manager.registerSharedState({ key, scope: 'apartment', default: 0 });
    unit.setState(key, { polluted: key });
    assert.deepEqual(unit.getState(key), { polluted: key });
  }
  assert.equal({}.polluted, undefined);
  assert.equal(Object.polluted, undefined);
  assert.equal([].polluted, undefined);
});

test('fields named __proto__ and constructor are data, in every way in and out', async () => {
  const { manager, unit } = openUnit();
  const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}';
  const value = JSON.parse(text);
  unit.setState(cart, value);
  unit.update(cart, (draft) => {
    draft.constructor.prototype.more = 3;
    draft.list = [1];
  });
  await manager.restoreFromSnapshot(JSON.parse(JSON.stringify(manager.createSnapshot())));
  await manager.restoreFromSnapshot(manager.createSnapshotBytes());
  const read = unit.getState(cart);
  assert.deepEqual(Object.keys(read), ['__proto__', 'constructor', 'list']);
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.equal({}.polluted, undefined);
  assert.equal({}.more, undefined);
  const heard = [];
  unit.subscribeToPath(cart, '__proto__.polluted', (found) => heard.push(found));
  unit.setState(cart, JSON.parse('{"__proto__":{"polluted":5}}'));
  assert.deepEqual(heard, [5]);
});

test('a value is frozen all the way down, and who changes it hears it there', () => {
  const { unit } = openUnit();
  const given = { items: [{ id: 1, tags: ['a'] }] };
  unit.setState(cart, given);
  for (const value of [unit.getState(cart), given, unit.getState(count, 0)]) {
    if (typeof value !== 'object') continue;
    assert.throws(() => (value.items = []), TypeError);
    assert.throws(() => value.items.push(1), TypeError);
    assert.throws(() => (value.items[0].id = 2), TypeError);
    assert.throws(() => value.items[0].tags.pop(), TypeError);
    assert.throws(() => delete value.items, TypeError);
  }
  assert.deepEqual(unit.getState(cart), { items: [{ id: 1, tags: ['a'] }] });
});

test('a default is frozen too', () => {
  const { unit } = openUnit();
  const wishes = defineState({ key: 'wishes', scope: 'private', default: () => [{ id: 1 }] });
  assert.throws(() => unit.getState(wishes).push(1), TypeError);
  assert.throws(() => (unit.getState(wishes)[0].id = 2), TypeError);
});

test('a refused value stays as it was: nothing of it is frozen', () => {
  const { unit } = openUnit();
  const value = { good: { list: [] }, bad: new Date(0) };
  refusal('INVALID_VALUE', () => unit.setState(cart, value));
  value.good.list.push(1);
  delete value.bad;
  unit.setState(cart, value);
  assert.deepEqual(unit.getState(cart), { good: { list: [1] } });
});

test('plain objects of another realm are values like any other', () => {
  const { unit } = openUnit();
  unit.setState(cart, runInNewContext('({ items: [{ id: 1 }] })'));
  assert.equal(unit.getState(cart).items[0].id, 1);
});

test('a listener, a path, a mode and an updater of the wrong kind are refused', async () => {
  const { manager, unit, assertUnchanged } = openWritten();
  refusal('INVALID_VALUE', () => unit.subscribe(cart, 'not a function'));
  refusal('INVALID_VALUE', () => unit.subscribeToPath(cart, 'items', null));
  refusal('INVALID_KEY', () => unit.subscribeToPath(cart, 5, () => {}));
  refusal('INVALID_VALUE', () => manager.subscribe(cart, undefined));
  refusal('INVALID_VALUE', () => unit.on('cart:opened', null));
  refusal('INVALID_KEY', () => unit.on('', () => {}));
  refusal('INVALID_KEY', () => unit.emit('*'));
  await rejection('INVALID_VALUE', manager.restoreFromSnapshot(manager.createSnapshot(), 'mix'));
  assertUnchanged();
});

test('an event that is to travel must be JSON', () => {
  const { unit, assertUnchanged } = openWritten();
  refusal('INVALID_VALUE', () => unit.emit('cart:opened', new Map(), { tabs: true }));
  refusal('INVALID_VALUE', () => unit.emit('cart:opened', 1, { scope: 'planet', tabs: true }));
  assertUnchanged();
});

test('a batch with one bad update changes nothing, wherever the bad one stands', async () => {
  const { manager, unit, assertUnchanged } = openWritten();
  const good = [
    { key: cart, value: { items: [] } },
    { key: count, value: (n) => n + 1 },
    { key: cart, unset: true },
  ];
  const bad = [
    [{ key: count, value: NaN }, 'INVALID_VALUE'],
    [{ key: 'wishes', value: 1 }, 'NOT_REGISTERED'],
    [{ key: count, value: 'x'.repeat(300_000) }, 'TOO_LARGE'],
    [{ key: count }, 'INVALID_VALUE'],
    [{ key: '', value: 1 }, 'INVALID_KEY'],
  ];
  for (const [update, code] of bad) {
    for (let place = 0; place <= good.length; place++) {
      await rejection(code, manager.batchUpdate(good.toSpliced(place, 0, update), 'cart'));
      assertUnchanged();
    }
  }
  await rejection('UPDATER_FAILED', manager.batchUpdate([
    ...good,
    { key: count, value: () => assert.fail('no') },
  ], 'cart'));
  assertUnchanged();
  assert.equal(unit.getState(count), 7);
});

test('every refusal is an Error with a stable code and a message for people', () => {
  const { unit } = openUnit();
  const error = refusal('INVALID_VALUE', () => unit.setState(cart, { when: new Date(0) }));
  assert.ok(error instanceof Error);
  assert.ok(error instanceof DanjiError);
  assert.equal(error.name, 'DanjiError');
  assert.match(error.message, /when/);
  assert.match(error.message, /toISOString/);
  assert.ok(error.stack.includes('bad_input.test.js'));
});

test('a manager that reports to a broken listener goes on', () => {
  const saved = console.error;
  console.error = () => {};
  try {
    const manager = openManager({
      onError: () => {
        throw new Error('broken');
      },
    });
    const unit = manager.createUnitStateStore('cart');
    unit.subscribe(count, () => assert.fail('no'));
    unit.setState(count, 1);
    assert.equal(unit.getState(count), 1);
  } finally {
    console.error = saved;
  }
});

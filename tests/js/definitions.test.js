// Definitions: one meaning per key on a page, whoever registers it and how often.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { defineState, StateScope } from 'danji';
import { coreOf, openUnit, refusal, test } from './harness.js';

const base = { key: 'cart', scope: 'apartment', default: { items: [] } };

// The first, for only then the engine has seen no others.
test('states have one shape, however many there are, so that none is slower to read', () => {
  setFlagsFromString('--allow-natives-syntax');
  const isOneShape = new Function('one', 'other', 'return %HaveSameMap(one, other)');
  const { unit } = openUnit();
  const handles = Array.from({ length: 2000 }, (_, place) =>
    defineState({ key: `row-${place}`, scope: 'apartment', default: 0 }),
  );
  const seen = handles.map((handle) => {
    const cell = unit.cell(handle);
    return { handle, definition: handle.definition, cell, registration: cell.registration };
  });
  for (const kind of Object.keys(seen[0])) {
    const others = seen.filter((one) => !isOneShape(one[kind], seen.at(-1)[kind]));
    // The first ones were made before the engine knew what is in them.
    assert.ok(others.length < 100, `${others.length} shapes of a ${kind}`);
  }
});

test('a handle is frozen, and registers itself when it is first used', () => {
  const cart = defineState(base);
  assert.throws(() => (cart.key = 'x'), TypeError);
  assert.throws(() => (cart.definition.scope = 'global'), TypeError);
  const { manager, unit } = openUnit();
  refusal('NOT_REGISTERED', () => unit.getState('cart'));
  unit.getState(cart);
  assert.deepEqual(unit.getState('cart'), { items: [] });
  manager.subscribe('cart', () => {});
});

test('a handle keeps its definition when the object it came from changes', () => {
  const definition = { key: 'size', scope: 'private', default: 1 };
  const handle = defineState(definition);
  definition.scope = 'global';
  definition.default = 2;
  const { unit } = openUnit();
  assert.equal(unit.getState(handle), 1);
  assert.equal(handle.definition.scope, 'private');
});

test('the same definition again is the same state, from whatever bundle', () => {
  const { manager, unit } = openUnit();
  const copies = [
    defineState(base),
    defineState({ ...base }),
    defineState({ ...base, conflictResolution: 'last_write_wins' }),
    defineState({ ...base, crossTab: true }),
    defineState({ ...base, default: () => ({ items: [] }) }),
  ];
  for (const [place, copy] of copies.entries()) {
    manager.registerSharedState(copy.definition);
    unit.setState(copy, { items: [place] });
    for (const other of copies) assert.deepEqual(unit.getState(other), { items: [place] });
  }
});

test('a second definition with another scope or plane is a clash that changes nothing', () => {
  const { manager, unit, errors } = openUnit();
  const cart = defineState(base);
  unit.setState(cart, { items: [1] });
  const before = coreOf(manager);
  const others = [
    { ...base, scope: 'global' },
    { ...base, scope: StateScope.PRIVATE },
    { ...base, scope: 'building' },
    { ...base, crossTab: false },
  ];
  for (const other of others) {
    for (const call of [
      () => manager.registerSharedState(other),
      () => unit.register(other),
      () => unit.getState(defineState(other)),
      () => unit.setState(defineState(other), { items: [] }),
      () => unit.subscribe(defineState(other), () => {}),
      () => manager.subscribe(defineState(other), () => {}),
    ]) {
      const error = refusal('DEFINITION_CLASH', call);
      assert.equal(error.key, 'cart');
    }
  }
  assert.deepEqual(unit.getState(cart), { items: [1] });
  assert.deepEqual(unit.getState('cart'), { items: [1] });
  assert.equal(coreOf(manager), before);
  assert.deepEqual(errors, []);
});

test('after a clash the first definition goes on in all units', () => {
  const { manager, unit } = openUnit();
  const cart = defineState(base);
  const header = manager.createUnitStateStore('header');
  unit.setState(cart, { items: [1] });
  refusal('DEFINITION_CLASH', () => header.getState(defineState({ ...base, scope: 'private' })));
  assert.deepEqual(header.getState(cart), { items: [1] });
  header.setState(cart, { items: [2] });
  assert.deepEqual(unit.getState(cart), { items: [2] });
});

test('a definition with another default only is told, and the first default stands', () => {
  const { manager, unit, errors } = openUnit();
  const first = defineState({ key: 'size', scope: 'apartment', default: 1 });
  const second = defineState({ key: 'size', scope: 'apartment', default: 2 });
  assert.equal(unit.getState(first), 1);
  assert.equal(unit.getState(second), 1);
  assert.equal(unit.getState(second), 1);
  manager.registerSharedState(second.definition);
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [['OPTIONS_IGNORED', 'size']]);
});

test('a default is told as different by what it is, not by the order of its fields', () => {
  const { unit, errors } = openUnit();
  unit.getState(defineState({ key: 'p', scope: 'private', default: { a: 1, b: [2] } }));
  unit.getState(defineState({ key: 'p', scope: 'private', default: { b: [2], a: 1 } }));
  unit.getState(defineState({ key: 'p', scope: 'private', default: () => ({ a: 1, b: [2] }) }));
  assert.deepEqual(errors, []);
});

test('keys of any script name states of their own', () => {
  const { unit } = openUnit();
  // The last two look alike but are different texts: nothing is normalised.
  const keys = ['가방', '🛒', 'cart.items', 'cart/items', ' ', '\u0000', '\u00e9', 'e\u0301'];
  for (const [place, key] of keys.entries()) {
    unit.setState(defineState({ key, scope: 'apartment', default: -1 }), place);
  }
  assert.deepEqual(keys.map((key) => unit.getState(key)), keys.map((_, place) => place));
});

test('one key has one definition even in units that never meet', () => {
  const { manager } = openUnit();
  const one = manager.createUnitStateStore('one', { apartment: 'a' });
  const two = manager.createUnitStateStore('two', { apartment: 'b' });
  one.setState(defineState({ key: 'k', scope: 'building', default: 0 }), 1);
  refusal('DEFINITION_CLASH', () =>
    two.setState(defineState({ key: 'k', scope: 'apartment', default: 0 }), 1),
  );
});

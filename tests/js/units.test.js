// Units and scopes: who shares what with whom, and what goes when a unit goes.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openManager, openUnit, pageOf, refusal, test } from './harness.js';

const draft = defineState({ key: 'draft', scope: 'private', default: '' });
const hall = defineState({ key: 'hall', scope: 'building', default: 0 });
const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });

/** Four units, each somewhere else. */
function openHouse() {
  const manager = openManager();
  const at = (id, building, apartment) => manager.createUnitStateStore(id, { building, apartment });
  return {
    manager,
    search: at('search', 'mall', 'shop'),
    list: at('list', 'mall', 'shop'),
    cashier: at('cashier', 'till', 'shop'),
    clinic: at('clinic', 'mall', 'health'),
  };
}

test('a private value belongs to its unit alone', () => {
  const { manager, search, list } = openHouse();
  const heard = [];
  list.subscribe(draft, (value) => heard.push(value));
  search.setState(draft, 'secret');
  assert.equal(search.getState(draft), 'secret');
  assert.equal(list.getState(draft), '');
  assert.equal(manager.getState(draft, 'list'), '');
  assert.deepEqual(heard, []);
  const seen = list.createSnapshot().entries.map(({ value }) => value);
  assert.ok(!seen.includes('secret'));
});

test('a building is shared by its units, not by others of the apartment', () => {
  const { search, list, cashier, clinic } = openHouse();
  search.setState(hall, 1);
  const seen = () => [search, list, cashier, clinic].map((unit) => unit.getState(hall));
  assert.deepEqual(seen(), [1, 1, 0, 0]);
  cashier.setState(hall, 2);
  clinic.setState(hall, 3);
  assert.deepEqual(seen(), [1, 1, 2, 3]);
});

test('an apartment is shared by its buildings, not by another apartment', () => {
  const { search, cashier, clinic } = openHouse();
  search.setState(cart, ['tea']);
  assert.deepEqual(cashier.getState(cart), ['tea']);
  assert.equal(cashier.getState(cart), search.getState(cart));
  assert.deepEqual(clinic.getState(cart), []);
});

test('a global state is the same for all', () => {
  const { manager, search, cashier, clinic } = openHouse();
  clinic.setState(theme, 'dark');
  for (const unit of [search, cashier]) assert.equal(unit.getState(theme), 'dark');
  const heard = [];
  manager.subscribe(theme, (value) => heard.push(value));
  search.setState(theme, 'blue');
  assert.deepEqual(heard, ['blue']);
});

test('the host page sees building and apartment main', () => {
  const { manager, search } = openHouse();
  const main = manager.createUnitStateStore('inner');
  const heard = [];
  manager.subscribe(hall, (value) => heard.push(value));
  manager.subscribe(cart, (value) => heard.push(value));
  search.setState(hall, 1);
  search.setState(cart, ['shop']);
  main.setState(hall, 5);
  main.setState(cart, ['main']);
  assert.deepEqual(heard, [5, ['main']]);
});

test('units of one name in two places have nothing in common but the name', () => {
  const manager = openManager();
  const one = manager.createUnitStateStore('cart', { building: 'mall', apartment: 'shop' });
  refusal('UNIT_CLASH', () => manager.createUnitStateStore('cart', { building: 'till' }));
  refusal('UNIT_CLASH', () => manager.createUnitStateStore('cart', { apartment: 'main' }));
  const error = refusal('UNIT_CLASH', () =>
    manager.createUnitStateStore('cart', { building: 'mall', apartment: 'other' }),
  );
  assert.match(error.message, /shop\/mall/);
  one.dispose();
  const two = manager.createUnitStateStore('cart', { building: 'till', apartment: 'shop' });
  assert.notEqual(two, one);
});

test('a unit id that is alive gives the same store, until all who asked disposed it', () => {
  const { manager, unit } = openUnit('cart');
  assert.equal(manager.createUnitStateStore('cart'), unit);
  assert.equal(manager.createUnitStateStore('cart', { building: 'main' }), unit);
  unit.setState(draft, 'x');
  unit.dispose();
  unit.dispose();
  assert.equal(unit.disposed, false);
  assert.equal(unit.getState(draft), 'x');
  unit.dispose();
  assert.equal(unit.disposed, true);
  assert.notEqual(manager.createUnitStateStore('cart'), unit);
});

test('dispose forgets the private values of the unit, also in the core, and nothing else', () => {
  const { manager, unit } = openUnit('cart');
  const other = manager.createUnitStateStore('header');
  unit.setState(draft, 'mine');
  other.setState(draft, 'theirs');
  unit.setState(cart, ['tea']);
  unit.setState(hall, 4);
  unit.dispose();
  const rows = manager.createSnapshot().entries.map(({ key, value }) => [key, value]);
  assert.deepEqual(Object.fromEntries(rows), { draft: 'theirs', cart: ['tea'], hall: 4 });
  const again = manager.createUnitStateStore('cart');
  assert.equal(again.getState(draft), '');
  assert.deepEqual(again.getState(cart), ['tea']);
});

test('dispose also forgets private values that only a snapshot brought', async () => {
  const { manager, unit } = openUnit('cart');
  unit.setState(draft, 'old');
  const snapshot = manager.createSnapshot();
  unit.dispose();
  const again = manager.createUnitStateStore('cart');
  await manager.restoreFromSnapshot(snapshot);
  again.dispose();
  assert.deepEqual(manager.createSnapshot().entries, []);
  assert.equal(manager.createUnitStateStore('cart').getState(draft), '');
});

test('a disposed unit refuses everything by DISPOSED and disposes again for nothing', () => {
  const { manager, unit } = openUnit('cart');
  unit.getState(cart);
  unit.dispose();
  unit.dispose();
  const calls = [
    () => unit.getState(cart),
    () => unit.readState(cart),
    () => unit.setState(cart, []),
    () => unit.unsetState(cart),
    () => unit.update(cart, () => {}),
    () => unit.subscribe(cart, () => {}),
    () => unit.subscribeToPath(cart, '0', () => {}),
    () => unit.batchSubscribe([{ stateKey: cart, callback: () => {} }]),
    () => unit.batch(() => {}),
    () => unit.on('opened', () => {}),
    () => unit.emit('opened'),
    () => unit.createSnapshot(),
  ];
  for (const call of calls) {
    assert.match(refusal('DISPOSED', call).message, /cart/);
  }
  refusal('UNKNOWN_UNIT', () => manager.getState(cart, 'cart'));
  refusal('UNKNOWN_UNIT', () => manager.createSnapshot({ unitId: 'cart' }));
  refusal('UNKNOWN_UNIT', () => manager.subscribe(cart, () => {}, { unitId: 'cart' }));
});

test('dispose ends the subscriptions and handlers of the unit', () => {
  const { manager, unit } = openUnit('cart');
  const other = manager.createUnitStateStore('header');
  const heard = [];
  unit.subscribe(cart, () => heard.push('subscribe'));
  unit.subscribeToPath(cart, '0', () => heard.push('path'));
  unit.batchSubscribe([{ stateKey: cart, callback: () => heard.push('batch') }]);
  unit.on('opened', () => heard.push('on'));
  unit.dispose();
  other.setState(cart, ['tea']);
  other.emit('opened');
  assert.deepEqual(heard, []);
});

test('a unit that is disposed by its own listener tells the others all the same', () => {
  const { manager, unit } = openUnit('cart');
  const other = manager.createUnitStateStore('header');
  const heard = [];
  unit.subscribe(theme, () => unit.dispose());
  unit.subscribe(theme, () => heard.push('cart'));
  other.subscribe(theme, (value) => heard.push(value));
  other.setState(theme, 'dark');
  assert.deepEqual(heard, ['dark']);
});

test('a unit knows its manager and registers for the whole page', () => {
  const { manager, unit } = openUnit('cart');
  assert.equal(unit.manager, manager);
  assert.equal(unit.unitId, 'cart');
  const handle = unit.register({ key: 'zoom', scope: 'global', default: 1 });
  assert.equal(handle.key, 'zoom');
  assert.equal(unit.register(handle).key, 'zoom');
  assert.equal(manager.createUnitStateStore('other').getState('zoom'), 1);
});

test('addresses say who shares what', () => {
  const { manager, search } = openHouse();
  for (const state of [draft, hall, cart, theme]) search.setState(state, 1);
  const stays = { key: 'stays', scope: 'apartment', default: 0, crossTab: false };
  search.register(stays);
  search.setState('stays', 1);
  const { entries } = manager.createSnapshot();
  assert.deepEqual(entries.map(({ key, scope, space }) => [key, scope, space]).sort(), [
    ['cart', 'apartment', 'device/apartment:shop'],
    ['draft', 'private', 'tab/private:shop/mall/search'],
    ['hall', 'building', 'device/building:shop/mall'],
    ['stays', 'apartment', 'tab/apartment:shop'],
    ['theme', 'global', 'device/global'],
  ]);
  assert.equal(pageOf(manager).store.spaces.length, 5);
});

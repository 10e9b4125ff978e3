// Permissions: who may read and write a key, in the call and at the leader.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { coreOf, openManager, openUnit, refusal, rejection, test } from './harness.js';

const scope = 'apartment';
const stock = defineState({
  key: 'stock', scope, default: 0, permissions: { write: ['role:staff', 'unit:desk'] },
});
const salary = defineState({
  key: 'salary', scope, default: 7, permissions: { read: ['building:office'] },
});
const item = defineState({
  key: 'item',
  scope,
  default: { name: '', price: 1 },
  conflictResolution: 'merge',
  permissions: { paths: { price: { write: ['role:staff'] } } },
});
const theme = defineState({ key: 'theme', scope, default: 'light' });

test('a unit without the grant can not write, however it tries, and nothing changes', async () => {
  const { manager, unit } = openUnit('cart');
  const heard = [];
  unit.subscribe(stock, (value) => heard.push(value));
  const before = coreOf(manager);
  refusal('FORBIDDEN', () => unit.setState(stock, 1));
  refusal('FORBIDDEN', () => unit.setState(stock, (pieces) => pieces + 1));
  refusal('FORBIDDEN', () => unit.unsetState(stock));
  refusal('FORBIDDEN', () => unit.setState(stock, 1, { ifVersion: null }));
  refusal('FORBIDDEN', () => manager.setState(stock, 1, 'cart'));
  await rejection('FORBIDDEN', manager.batchUpdate([{ key: stock, value: 1 }], 'cart'));
  await rejection('FORBIDDEN', manager.transaction('cart', (tx) => tx.setState(stock, 1)));
  assert.equal(unit.getState(stock), 0);
  assert.deepEqual(heard, []);
  assert.equal(coreOf(manager), before);
});

test('text and objects are refused like numbers, though their text would come later', () => {
  const list = defineState({ key: 'list', scope, default: [], permissions: { write: [] } });
  const { unit } = openUnit('cart');
  refusal('FORBIDDEN', () => unit.setState(list, ['tea']));
  refusal('FORBIDDEN', () => unit.update(list, (draft) => void draft.push('tea')));
  assert.deepEqual(unit.getState(list), []);
});

test('a batch with one forbidden write changes nothing', () => {
  const { manager, unit } = openUnit('cart');
  unit.setState(theme, 'dark');
  unit.getState(stock);
  const before = coreOf(manager);
  const change = () => {
    unit.setState(theme, 'blue');
    unit.setState(stock, 1);
  };
  refusal('FORBIDDEN', () => unit.batch(change));
  assert.equal(unit.getState(theme), 'dark');
  assert.equal(coreOf(manager), before);
});

test('a unit has the grants of its name, its place and what it was given', async () => {
  const manager = openManager();
  const desk = manager.createUnitStateStore('desk');
  const clerk = manager.createUnitStateStore('clerk', { building: 'office', grants: ['role:staff'] });
  assert.deepEqual(clerk.grants, [
    'apartment:main', 'building:office', 'role:staff', 'unit:clerk',
  ]);
  await desk.setState(stock, 1);
  await clerk.setState(stock, (pieces) => pieces + 1);
  assert.equal(clerk.getState(stock), 2);
  assert.equal(clerk.getState(salary), 7);
  refusal('FORBIDDEN', () => desk.getState(salary));
});

test('who may not read a key gets nothing of it', () => {
  const { manager, unit, errors } = openUnit('cart');
  const office = manager.createUnitStateStore('pay', { building: 'office' });
  office.setState(salary, 9);
  const error = refusal('FORBIDDEN', () => unit.getState(salary));
  assert.equal(error.key, 'salary');
  refusal('FORBIDDEN', () => unit.readState(salary));
  refusal('FORBIDDEN', () => unit.subscribe(salary, () => {}));
  refusal('FORBIDDEN', () => unit.subscribeToPath('salary', 'net', () => {}));
  refusal('FORBIDDEN', () => unit.update(salary, () => {}));
  refusal('FORBIDDEN', () => unit.setState(salary, (seen) => seen + 1));
  refusal('FORBIDDEN', () => manager.getState(salary, 'cart'));
  refusal('FORBIDDEN', () => manager.subscribe(salary, () => {}));
  refusal('FORBIDDEN', () => manager.subscribe(salary, () => {}, { unitId: 'cart' }));
  assert.deepEqual(unit.createSnapshot().entries, []);
  assert.deepEqual(office.createSnapshot().entries.map(({ key }) => key), ['salary']);
  unit.setState(salary, 10); // Writing is another right.
  assert.equal(office.getState(salary), 10);
  assert.deepEqual(errors, []);
});

test('a field can be somebody’s alone while the others are everybody’s', async () => {
  const manager = openManager();
  const [cart, desk] = ['cart', 'desk'].map((id) =>
    manager.createUnitStateStore(id, id === 'desk' ? { grants: ['role:staff'] } : {}),
  );
  await cart.update(item, (draft) => void (draft.name = 'tea'));
  refusal('FORBIDDEN', () => cart.update(item, (draft) => void (draft.price = 0)));
  refusal('FORBIDDEN', () => cart.setState(item, { name: 'tea' }));
  await desk.update(item, (draft) => void (draft.price = 3));
  await cart.setState(item, (seen) => ({ ...seen, name: 'rice' }));
  refusal('FORBIDDEN', () => cart.unsetState(item));
  assert.deepEqual(cart.getState(item), { name: 'rice', price: 3 });
});

test('two tabs: the leader goes by what the op claims, and refuses who claims too little', async (t) => {
  const world = openTabs(t);
  const [ada, bob] = [world.open({ unitId: 'desk' }), world.open({ unitId: 'cart' })];
  await world.settle();
  const clerk = bob.manager.createUnitStateStore('clerk', { grants: ['role:staff'] });
  await Promise.all([clerk.setState(stock, 5), world.settle()]);
  assert.equal(ada.unit.getState(stock), 5);
  refusal('FORBIDDEN', () => bob.unit.setState(stock, 6));

  // A page of an older release: it does not know of the permissions before the leader says so.
  const carol = world.open({ unitId: 'cart' });
  const older = defineState({ key: 'stock', scope, default: 0 });
  const write = carol.unit.setState(older, 8);
  const answer = rejection('FORBIDDEN', write);
  assert.equal(carol.unit.getState(older), 8);
  await world.settle();
  await answer;
  for (const { unit } of [ada, bob]) assert.equal(unit.getState(stock), 5);
  assert.equal(carol.unit.getState(older), 5);
});

test('grants change from one write to the next, and a write keeps those of its call', async (t) => {
  const world = openTabs(t);
  const [ada, bob] = [world.open({ unitId: 'desk' }), world.open({ unitId: 'cart' })];
  await world.settle();
  bob.unit.setGrants(['role:staff']);
  const write = bob.unit.setState(stock, 1);
  bob.unit.setGrants([]);
  refusal('FORBIDDEN', () => bob.unit.setState(stock, 2));
  await Promise.all([write, world.settle()]);
  assert.equal(ada.unit.getState(stock), 1);
});

test('who loses the right to read hears no more of it, and onError tells', () => {
  const { manager, errors } = openUnit();
  const pay = manager.createUnitStateStore('pay', { grants: ['building:office'] });
  const heard = [];
  pay.subscribe(salary, (value) => heard.push(value));
  pay.subscribe(theme, (value) => heard.push(value));
  pay.setState(salary, 8);
  pay.setGrants([]);
  pay.setState(salary, 9);
  pay.setState(theme, 'dark');
  assert.deepEqual(heard, [8, 'dark']);
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [['FORBIDDEN', 'salary']]);
});

test('a unit that is alive keeps its grants, and another opinion is a clash', () => {
  const manager = openManager();
  const unit = manager.createUnitStateStore('cart', { grants: ['role:staff'] });
  assert.equal(manager.createUnitStateStore('cart'), unit);
  assert.equal(manager.createUnitStateStore('cart', { grants: ['role:staff'] }), unit);
  refusal('UNIT_CLASH', () => manager.createUnitStateStore('cart', { grants: [] }));
});

test('what is no grant and no rule is refused at once', () => {
  const manager = openManager();
  for (const grants of [['staff'], [''], ['role:'], ['role:a b'], [7], 'role:staff']) {
    refusal('INVALID_VALUE', () => manager.createUnitStateStore('cart', { grants }));
  }
  for (const permissions of [
    7, { write: 'role:staff' }, { read: ['staff'] }, { paths: { price: ['role:a'] } },
    { paths: { price: { read: [] } } }, { paths: { '': { write: [] } } }, { writes: [] },
  ]) {
    refusal('INVALID_DEFINITION', () => defineState({ ...theme.definition, permissions }));
  }
});

test('a private state with permissions goes with its unit all the same', () => {
  const draft = defineState({
    key: 'draft', scope: 'private', default: '', permissions: { write: ['role:staff'] },
  });
  const manager = openManager();
  const first = manager.createUnitStateStore('desk', { grants: ['role:staff'] });
  first.setState(draft, 'tea');
  first.setGrants([]);
  first.dispose();
  assert.equal(manager.createUnitStateStore('desk').getState(draft), '');
});

test('a snapshot is brought back by the unit host, which needs the grant like any', async () => {
  const { manager, unit } = openUnit('desk');
  await unit.setState(stock, 4);
  unit.setState(theme, 'dark');
  const snapshots = [manager.createSnapshot(), manager.createSnapshotBytes()];
  await unit.setState(stock, 5);
  unit.setState(theme, 'blue');
  for (const snapshot of snapshots) {
    await rejection('FORBIDDEN', manager.restoreFromSnapshot(snapshot));
    assert.deepEqual([unit.getState(stock), unit.getState(theme)], [5, 'blue']);
  }
});

test('the first permissions of a page stand, and a bundle with others is told', () => {
  const { unit, errors } = openUnit('cart');
  unit.getState(stock);
  unit.getState(defineState({ ...stock.definition, permissions: { write: '*' } }));
  refusal('FORBIDDEN', () => unit.setState(stock, 1));
  assert.deepEqual(errors.map(({ code }) => code), ['OPTIONS_IGNORED']);
});

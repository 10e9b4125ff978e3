// Presence among tabs: who is here, what they show, and how they go.
import assert from 'node:assert/strict';
import { presence } from 'danji/presence';
import { openTabs } from './fake-tabs.js';
import { refusal, test } from './harness.js';

const room = 'apartment:main#board';

/** Timers are the world's, so time passes as it says; what presence measures is that time too. */
async function openThree(t) {
  const world = openTabs(t);
  t.mock.method(performance, 'now', () => world.now);
  const tabs = [world.open(), world.open(), world.open()];
  await world.settle();
  return { world, tabs };
}

const valuesOf = (member) => [...member.others().values()].map(({ name }) => name).sort();

test('those who are in a room see one another, whoever came first', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada' });
  await world.settle();
  const bob = presence(tabs[1].manager, room, { name: 'Bob' });
  const elsewhere = presence(tabs[2].manager, 'apartment:main#other', { name: 'Eve' });
  await world.settle();

  assert.deepEqual([ada, bob, elsewhere].map(valuesOf), [['Bob'], ['Ada'], []]);
  assert.deepEqual([...ada.others().keys()], [bob.id]);
  for (const member of [ada, bob, elsewhere]) member.leave();
});

test('two members of one page see one another too', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada' });
  const twin = presence(tabs[0].manager, room, { name: 'twin' });
  await world.settle();
  assert.deepEqual([ada, twin].map(valuesOf), [['twin'], ['Ada']]);
  for (const member of [ada, twin]) member.leave();
});

test('a change is told, many at once in one go, and nothing when nothing changed', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada', x: 0 });
  const bob = presence(tabs[1].manager, room, { name: 'Bob', x: 0 });
  await world.settle();
  let told = 0;
  const stop = bob.subscribe(() => told++);
  const before = bob.others();

  for (let x = 1; x <= 10; x++) ada.set({ x });
  assert.deepEqual(ada.own, { name: 'Ada', x: 10 });
  await world.advance(100);
  assert.deepEqual(bob.others().get(ada.id), { name: 'Ada', x: 10 });
  assert.notEqual(bob.others(), before);
  assert.equal(told, 1);

  const same = bob.others();
  ada.set({ x: 10 });
  await world.advance(100);
  assert.equal(bob.others(), same);
  assert.equal(told, 1);
  stop();
  for (const member of [ada, bob]) member.leave();
  assert.equal(told, 1);
});

test('who leaves is gone at once, and hears and says nothing more', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada' });
  const bob = presence(tabs[1].manager, room, { name: 'Bob' });
  await world.settle();
  bob.leave();
  bob.leave();
  await world.settle();
  assert.deepEqual([ada, bob].map(valuesOf), [[], []]);
  bob.set({ name: 'ghost' });
  ada.set({ name: 'Ada L.' });
  await world.advance(100);
  assert.deepEqual([ada, bob].map(valuesOf), [[], []]);
  ada.leave();
});

test('who is not heard of any more expires, and who is stays', async (t) => {
  const { world, tabs } = await openThree(t);
  const expires = { expiresMillis: 4000 };
  const [ada, bob, eve] = ['Ada', 'Bob', 'Eve'].map((name, place) =>
    presence(tabs[place].manager, room, { name }, expires),
  );
  await world.settle();
  assert.deepEqual(valuesOf(ada), ['Bob', 'Eve']);
  // Its page is frozen, crashed or without a network: nothing of it comes through.
  t.mock.method(tabs[2].manager.rooms, 'send', () => {});
  await world.advance(3900);
  assert.deepEqual(valuesOf(ada), ['Bob', 'Eve']);
  await world.advance(2000);
  assert.deepEqual([ada, bob].map(valuesOf), [['Bob'], ['Ada']]);
  for (const member of [ada, bob, eve]) member.leave();
});

test('nonsense in a room is nobody', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada' });
  for (const words of [null, 7, 'x', {}, { id: 7, is: {} }, { id: 'x'.repeat(65), is: {} }, []]) {
    tabs[1].manager.rooms.send(room, words);
  }
  await world.settle();
  assert.equal(ada.others().size, 0);
  tabs[1].manager.rooms.send(room, { id: 'stranger', is: { name: 'Mallory' } });
  await world.settle();
  const [stranger] = ada.others().values();
  assert.ok(Object.isFrozen(stranger));
  ada.leave();
});

test('rooms and messages that can not be are refused in the call', async (t) => {
  const { tabs: [{ manager }] } = await openThree(t);
  for (const name of ['', 'shop', 'private:main', 'global#', `global#${'x'.repeat(65)}`, 7]) {
    refusal('INVALID_ID', () => presence(manager, name, {}));
    refusal('INVALID_ID', () => manager.rooms.listen(name, () => {}));
  }
  refusal('TOO_LARGE', () => presence(manager, room, { text: 'x'.repeat(2048) }));
  refusal('TOO_LARGE', () => presence(manager, room, { text: '단'.repeat(700) }));
  refusal('INVALID_VALUE', () => presence(manager, room, { when: new Date() }));
  await manager.close();
  refusal('CLOSED', () => presence(manager, room, {}));
});

test('a manager that is closed takes its members along', async (t) => {
  const { world, tabs } = await openThree(t);
  const ada = presence(tabs[0].manager, room, { name: 'Ada' });
  await tabs[0].manager.close();
  ada.set({ name: 'late' });
  await world.advance(100);
  assert.equal(ada.others().size, 0);
  assert.deepEqual(tabs[0].errors, []);
});

// Container events through unit stores: who hears, in which scope, and what a broken handler does.
import assert from 'node:assert/strict';
import { coreOf, openManager, openUnit, refusal, test } from './harness.js';

/** Four units, each somewhere else, that write down what they hear. */
function openHouse() {
  const manager = openManager();
  const heard = [];
  const units = {};
  for (const [id, building, apartment] of [
    ['search', 'mall', 'shop'],
    ['list', 'mall', 'shop'],
    ['cashier', 'till', 'shop'],
    ['clinic', 'mall', 'health'],
  ]) {
    units[id] = manager.createUnitStateStore(id, { building, apartment });
    units[id].on('opened', (data, source) => heard.push([id, data, source]));
  }
  const hearers = () => heard.splice(0).map(([id]) => id);
  return { ...units, manager, heard, hearers };
}

test('an event reaches the apartment, the emitter too, with its data and its source', () => {
  const { search, heard } = openHouse();
  const data = { id: 5 };
  search.emit('opened', data);
  assert.deepEqual(heard.map(([id]) => id), ['search', 'list', 'cashier']);
  for (const [, given, source] of heard) {
    assert.equal(given, data);
    assert.equal(source, 'search');
  }
});

test('a scope narrows or widens the reach of an event', () => {
  const { search, hearers } = openHouse();
  search.emit('opened', 1, { scope: 'private' });
  assert.deepEqual(hearers(), ['search']);
  search.emit('opened', 1, { scope: 'building' });
  assert.deepEqual(hearers(), ['search', 'list']);
  search.emit('opened', 1, { scope: 'apartment' });
  assert.deepEqual(hearers(), ['search', 'list', 'cashier']);
  search.emit('opened', 1, { scope: 'global' });
  assert.deepEqual(hearers(), ['search', 'list', 'cashier', 'clinic']);
});

test('the star hears every event by the same rules', () => {
  const { search, clinic, list } = openHouse();
  const heard = [];
  list.on('*', (data) => heard.push(data));
  search.emit('opened', 'a');
  search.emit('anything else', 'b');
  clinic.emit('opened', 'not here');
  assert.deepEqual(heard, ['a', 'b']);
});

test('an event is told once, to who listens now', () => {
  const { unit } = openUnit();
  unit.emit('opened', 'too early');
  const heard = [];
  const stop = unit.on('opened', (data) => heard.push(data));
  unit.emit('opened', 'in time');
  stop();
  stop();
  unit.emit('opened', 'too late');
  assert.deepEqual(heard, ['in time']);
});

test('a handler that throws or rejects is reported, and the others hear the event', async () => {
  const { manager, unit, errors } = openUnit();
  const reason = new Error('handler');
  const heard = [];
  unit.on('opened', () => {
    throw reason;
  });
  unit.on('opened', () => Promise.reject(reason));
  manager.createUnitStateStore('header').on('opened', (data) => heard.push(data));
  unit.emit('opened', 1);
  await null;
  await null;
  assert.deepEqual(heard, [1]);
  assert.deepEqual(errors.map(({ code }) => code), ['LISTENER_FAILED', 'LISTENER_FAILED']);
  for (const error of errors) assert.ok(error.cause === reason || error.cause.cause === reason);
});

test('events are no state: the core knows nothing of them', () => {
  const { manager, search } = openHouse();
  const before = coreOf(manager);
  search.emit('opened', { a: 1 }, { scope: 'global' });
  assert.equal(coreOf(manager), before);
});

test('without tabs an event may carry anything, with tabs it must be JSON', () => {
  const { unit } = openUnit();
  const heard = [];
  unit.on('opened', (data) => heard.push(data));
  const map = new Map();
  unit.emit('opened', map);
  unit.emit('opened');
  unit.emit('opened', undefined, { tabs: true });
  refusal('INVALID_VALUE', () => unit.emit('opened', map, { tabs: true }));
  assert.deepEqual(heard, [map, undefined, undefined]);
});

test('a handler may write state, and its listeners run in the same call', () => {
  const { manager, unit } = openUnit();
  const count = manager.registerSharedState({ key: 'count', scope: 'apartment', default: 0 });
  const seen = [];
  unit.subscribe(count, (value) => seen.push(value));
  unit.on('opened', () => unit.setState(count, (n) => n + 1));
  unit.emit('opened');
  unit.emit('opened');
  assert.deepEqual(seen, [1, 2]);
});

// Container events reach the handlers in their scope, in order, and one that throws harms nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventBus } from '../../dist/js/src/events.js';

const header = { unitId: 'header', building: 'main', apartment: 'main' };
const catalogue = { unitId: 'catalogue', building: 'mall', apartment: 'main' };
const cart = { unitId: 'cart', building: 'mall', apartment: 'main' };
const stranger = { unitId: 'cart', building: 'mall', apartment: 'other' };
const everyone = [header, catalogue, cart, stranger];

function fail(error) {
  throw error;
}

/** A bus on which everyone writes into `heard` what reaches them. */
function busOfAll(eventName = 'cart:opened') {
  const bus = new EventBus();
  const heard = [];
  for (const place of everyone) {
    bus.on(place, eventName, () => heard.push(`${place.apartment}/${place.unitId}`), fail);
  }
  return { bus, heard };
}

test('a handler gets the data as it is and the unit it comes from', () => {
  const bus = new EventBus();
  const data = { id: 1 };
  const calls = [];
  bus.on(header, 'cart:opened', (...all) => calls.push(all), fail);

  bus.emit(cart, 'cart:opened', data);
  bus.emit(cart, 'cart:closed', data);

  assert.equal(calls.length, 1);
  assert.equal(calls[0][0], data);
  assert.equal(calls[0][1], 'cart');
  assert.equal(calls[0].length, 2);
});

test('an event reaches its scope and no further, the emitter included', () => {
  const reached = {
    private: ['main/cart'],
    building: ['main/catalogue', 'main/cart'],
    apartment: ['main/header', 'main/catalogue', 'main/cart'],
    global: ['main/header', 'main/catalogue', 'main/cart', 'other/cart'],
  };

  for (const [scope, expected] of Object.entries(reached)) {
    const { bus, heard } = busOfAll();
    bus.emit(cart, 'cart:opened', null, scope);
    assert.deepEqual(heard, expected, scope);
  }
});

test('without a scope an event goes to the apartment', () => {
  const { bus, heard } = busOfAll();

  bus.emit(header, 'cart:opened', null);

  assert.deepEqual(heard, ['main/header', 'main/catalogue', 'main/cart']);
});

test('buildings of the same name in two apartments are two buildings', () => {
  const { bus, heard } = busOfAll();

  bus.emit(stranger, 'cart:opened', null, 'building');

  assert.deepEqual(heard, ['other/cart']);
});

test('an event from another tab is heard like one from here', () => {
  const { bus, heard } = busOfAll();

  bus.receive({ ...cart, unitId: 'unknown' }, 'cart:opened', null, 'building');
  bus.receive(cart, 'cart:opened', null, 'private');

  assert.deepEqual(heard, ['main/catalogue', 'main/cart', 'main/cart']);
});

test('an asterisk hears everything in its place, in the order of subscription', () => {
  const bus = new EventBus();
  const heard = [];
  bus.on(header, 'cart:opened', () => heard.push('first'), fail);
  bus.on(header, '*', (data) => heard.push(`all ${data}`), fail);
  bus.on(header, 'cart:opened', () => heard.push('last'), fail);

  bus.emit(cart, 'cart:opened', 1);
  bus.emit(cart, 'theme:changed', 2);
  bus.emit(cart, 'theme:changed', 3, 'private');

  assert.deepEqual(heard, ['first', 'all 1', 'last', 'all 2']);
});

test('the same handler subscribed twice is called twice and ends one by one', () => {
  const bus = new EventBus();
  let calls = 0;
  const count = () => calls++;
  const off = bus.on(header, 'cart:opened', count, fail);
  bus.on(header, 'cart:opened', count, fail);

  bus.emit(cart, 'cart:opened', null);
  off();
  off();
  bus.emit(cart, 'cart:opened', null);

  assert.equal(calls, 3);
});

test('a subscription that ended twice does not end a later one', () => {
  const bus = new EventBus();
  let calls = 0;
  const off = bus.on(header, 'cart:opened', () => calls++, fail);
  off();
  bus.on(header, 'cart:opened', () => calls++, fail);
  off();

  bus.emit(cart, 'cart:opened', null);

  assert.equal(calls, 1);
});

test('who subscribes while an event is told hears the next one', () => {
  const bus = new EventBus();
  const heard = [];
  bus.on(header, 'cart:opened', (data) => {
    heard.push(`early ${data}`);
    if (data === 1) bus.on(header, 'cart:opened', (next) => heard.push(`late ${next}`), fail);
  }, fail);

  bus.emit(cart, 'cart:opened', 1);
  bus.emit(cart, 'cart:opened', 2);

  assert.deepEqual(heard, ['early 1', 'early 2', 'late 2']);
});

test('who is unsubscribed while an event is told does not hear it any more', () => {
  const bus = new EventBus();
  const heard = [];
  bus.on(header, 'cart:opened', () => off(), fail);
  const off = bus.on(header, 'cart:opened', () => heard.push('too late'), fail);
  bus.on(header, '*', () => heard.push('still here'), fail);

  bus.emit(cart, 'cart:opened', null);

  assert.deepEqual(heard, ['still here']);
});

test('a handler may emit, and what it emits is heard at once', () => {
  const bus = new EventBus();
  const heard = [];
  bus.on(cart, 'cart:opened', () => bus.emit(cart, 'cart:counted', null), fail);
  bus.on(cart, '*', (data, source) => heard.push(source), fail);
  bus.on(header, 'cart:counted', () => heard.push('counted'), fail);

  bus.emit(header, 'cart:opened', null);

  assert.deepEqual(heard, ['cart', 'counted', 'header']);
});

test('a handler that throws or rejects is reported and harms nobody', async () => {
  const bus = new EventBus();
  const reports = [];
  const heard = [];
  const broken = new Error('broken');
  const report = (error) => reports.push(error);
  bus.on(header, 'cart:opened', () => { throw broken; }, report);
  bus.on(header, 'cart:opened', async () => { throw broken; }, report);
  bus.on(catalogue, 'cart:opened', () => heard.push('catalogue'), fail);

  bus.emit(cart, 'cart:opened', null);
  await Promise.resolve().then(() => {});

  assert.deepEqual(heard, ['catalogue']);
  assert.deepEqual(reports.map((error) => error.code), ['LISTENER_FAILED', 'LISTENER_FAILED']);
  assert.ok(reports.every((error) => error.cause === broken && error.key === 'cart:opened'));
});

test('a report that throws harms nobody either', () => {
  const bus = new EventBus();
  let calls = 0;
  bus.on(header, 'cart:opened', () => { throw new Error('broken'); }, fail);
  bus.on(header, 'cart:opened', () => calls++, fail);

  bus.emit(cart, 'cart:opened', null);

  assert.equal(calls, 1);
});

test('an event has a name of 1 to 512 bytes', () => {
  const bus = new EventBus();
  const expected = { name: 'DanjiError', code: 'INVALID_KEY', message: /an event name must/ };

  for (const name of ['', 'x'.repeat(513), '가'.repeat(171), 'a\ud800', undefined, null, 7]) {
    assert.throws(() => bus.on(header, name, () => {}, fail), expected);
    assert.throws(() => bus.emit(header, name, null), expected);
    assert.throws(() => bus.receive(header, name, null), expected);
  }
  bus.on(header, '__proto__', () => {}, fail)();
  bus.emit(header, 'constructor', null);
});

test('an asterisk can not be emitted', () => {
  const { bus, heard } = busOfAll('*');

  assert.throws(() => bus.emit(cart, '*', null), { name: 'DanjiError', code: 'INVALID_KEY' });
  bus.receive(cart, '*', null);

  assert.deepEqual(heard, []);
});

test('a bad scope or handler is refused and nobody is called', () => {
  const { bus, heard } = busOfAll();
  const expected = { name: 'DanjiError', code: 'INVALID_VALUE' };

  for (const scope of ['planet', '', 1, 'toString']) {
    assert.throws(() => bus.emit(cart, 'cart:opened', null, scope), expected);
  }
  assert.throws(() => bus.on(cart, 'cart:opened', undefined, fail), expected);

  assert.deepEqual(heard, []);
});

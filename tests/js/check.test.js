// Plain JSON is let in and frozen; everything else is refused with its place, and left alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { checkId, checkKey, checkValue, limits } from '../../dist/js/src/check.js';
import { DanjiError } from '../../dist/js/src/errors.js';
import { containersIn, forAll, isDeepFrozen, setField } from './random.js';

function refusalOf(value, key = 'cart') {
  try {
    checkValue(value, key);
  } catch (error) {
    assert.ok(error instanceof DanjiError, String(error));
    assert.equal(error.key, key);
    return error;
  }
  return assert.fail('the value was let in');
}

function assertRefused(value, { code = 'INVALID_VALUE', path = '', says = '' } = {}) {
  const error = refusalOf(value);
  assert.equal(error.code, code, error.message);
  assert.equal(error.path, path, error.message);
  assert.ok(error.message.includes(says), error.message);
  assert.ok(error.message.includes('"cart"'), error.message);
}

function nested(levels) {
  let value = 'Ada';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

class Price {
  amount = 1;
}

test('any JSON value is let in, frozen, and its text is no longer than was said', (t) => {
  forAll(t, 3000, (random) => {
    const value = random.value();
    const before = JSON.stringify(value);

    const bytes = checkValue(value, 'cart');

    assert.ok(bytes >= Buffer.byteLength(before), `${bytes} for ${before}`);
    assert.ok(bytes <= limits.valueBytesMax);
    assert.equal(JSON.stringify(value), before);
    assert.ok(isDeepFrozen(value));
    assert.equal(checkValue(value, 'cart'), bytes, 'frozen values are checked the same');
  });
});

test('whatever is bad in a value, and wherever, it is named and nothing is frozen', (t) => {
  const bad = [
    undefined, NaN, -Infinity, 1n, Symbol('s'), () => 1, new Date(0), new Map(), new Set(), /a/,
    new Price(), new Uint8Array(1), Promise.resolve(), new (class extends Array {})(),
    '\ud800', 'a\udc00b', new Error('e'), Object.create({}), new WeakMap(), Object(1n), Object('a'),
  ];
  forAll(t, 3000, (random) => {
    const value = random.container();
    const { container, path } = random.pick(containersIn(value));
    const name = Array.isArray(container) ? String(container.length) : random.name();
    setField(container, name, random.pick(bad));

    const error = refusalOf(value);

    assert.equal(error.code, 'INVALID_VALUE');
    assert.equal(error.path, [...path, name].join('.'), error.message);
    assert.ok(containersIn(value).every(({ container: inner }) => Object.isExtensible(inner)));
  });
});

test('the message says what was found and what to do instead', () => {
  const sold = new Date(0);
  assertRefused(undefined, { says: 'unsetState' });
  assertRefused({ note: undefined }, { path: 'note', says: 'leave it out or use null' });
  assertRefused([1, , 3], { path: '1', says: 'hole' });
  assertRefused({ items: [{ price: NaN }] }, { path: 'items.0.price', says: 'NaN' });
  assertRefused(Infinity, { says: 'Infinity' });
  assertRefused(10n, { says: 'BigInt' });
  assertRefused(() => 1, { says: 'function' });
  assertRefused(Symbol('s'), { says: 'symbol' });
  assertRefused({ sold }, { path: 'sold', says: 'toISOString()' });
  assertRefused({ m: new Map() }, { path: 'm', says: 'Object.fromEntries' });
  assertRefused({ s: new Set() }, { path: 's', says: '[...set]' });
  assertRefused({ p: Promise.resolve(1) }, { path: 'p', says: 'await' });
  assertRefused({ p: new Price() }, { path: 'p', says: 'an instance of Price' });
  assertRefused(Object.create(Object.create(null)), { says: 'an unnamed class' });
  assertRefused(new (class Names extends Array {})(), { says: '[...array]' });
  assertRefused({ name: 'Ada\ud800' }, { path: 'name', says: 'toWellFormed()' });
  assertRefused({ a: { '\udc00': 1 } }, { path: 'a.\udc00', says: 'whose name has half' });
});

test('a name that was met before at the same place is not trusted for its likeness', () => {
  checkValue({ id: 1, name: 2 }, 'cart');

  assertRefused({ id: 1, 'name\ud800': 2 }, { path: 'name\ud800' });
  assertRefused({ id: 1, 'name\ud800': 2 }, { path: 'name\ud800' });
  checkValue({ id: 1, 'name\ud83d\ude00': 2 }, 'cart');
});

test('an array with fields besides its items is refused', () => {
  const tags = Object.assign(['new'], { total: 1 });

  assertRefused({ tags }, { path: 'tags', says: '"total"' });
  assertRefused('a b'.match(/b/), { says: '"index"' });
  assert.ok(!Object.isFrozen(tags));
});

test('getters and symbols are refused where objects of unusual origin have them', () => {
  const bare = Object.create(null, { total: { get: () => 1, enumerable: true } });

  assertRefused({ bare }, { path: 'bare', says: '"total" is a getter' });
  assertRefused(Object.assign(Object.create(null), { [Symbol('s')]: 1 }), { says: 'symbol' });
});

test('a getter that makes its answer anew is refused, wherever it is', () => {
  let looks = 0;
  const list = { owner: { get tags() { return []; } } };
  const counter = { none: null, get looks() { return looks++; } };

  assertRefused(list, { path: 'owner', says: '"tags" is a getter: copy its value' });
  assertRefused([counter], { path: '0', says: '"looks" is a getter' });
  assert.ok(!Object.isFrozen(list));
});

test('a getter that always has the same answer counts as that', () => {
  const cart = { price: 3, count: 2, get total() { return this.price * this.count; } };

  checkValue(cart, 'cart');

  assert.equal(JSON.stringify(cart), '{"price":3,"count":2,"total":6}');
  assertRefused({ ...cart, get never() { return NaN; } }, { path: 'never', says: 'NaN' });
});

test('a module is refused, as it can not be frozen', async () => {
  assertRefused({ module: await import('./random.js') }, { path: 'module' });
});

test('objects without prototype and from another realm are plain', () => {
  const bare = Object.assign(Object.create(null), { a: [1] });
  const foreign = runInNewContext('({ list: [{ a: 1 }, []], none: null })');

  checkValue({ bare, foreign }, 'cart');

  assert.ok(isDeepFrozen(bare) && isDeepFrozen(foreign));
  assertRefused(runInNewContext('new (class Far {})()'), { says: 'Far' });
  assertRefused(runInNewContext('[new Date(0)]'), { path: '0', says: 'a Date' });
  assertRefused(runInNewContext('new (class Far extends Array {})()'), { says: '[...array]' });
});

test('what only looks like a plain prototype is none', () => {
  class Guarded {
    hasOwnProperty() {
      return true;
    }
  }

  assertRefused(new Guarded(), { says: 'an instance of Guarded' });
  assertRefused(Object.setPrototypeOf([1], {}), { says: '[...array]' });
  assertRefused(Object.setPrototypeOf([1], [2]), { says: '[...array]' });
  assertRefused(Object.setPrototypeOf([1], null), { says: '[...array]' });
});

test('fields that are not enumerable are left out, as JSON leaves them out', () => {
  const value = Object.defineProperty({ a: 1 }, 'observer', { value: new Map() });

  const bare = Object.defineProperty(Object.create(null), 'observer', { get: () => 1 });

  assert.ok(checkValue(value, 'cart') >= 7);
  assert.ok(checkValue(bare, 'cart') >= 2);
});

test('a polluted Object.prototype changes nothing', () => {
  const clean = checkValue({ a: 1, b: {} }, 'cart');
  Object.prototype.polluted = () => 1;
  try {
    assert.equal(checkValue({ a: 1, b: {} }, 'cart'), clean);
    assertRefused({ a: new Map() }, { path: 'a' });
    assertRefused({ polluted: () => 1 }, { path: 'polluted' });
  } finally {
    delete Object.prototype.polluted;
  }
});

test('__proto__ and constructor are ordinary names', () => {
  const value = JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": 1}}');

  checkValue(value, 'cart');

  assert.ok(isDeepFrozen(value));
  assert.ok(Object.hasOwn(value, '__proto__'));
  assert.equal({}.admin, undefined);
  assertRefused(JSON.parse('{"__proto__": {"a": ""}}', (name, v) => (name === 'a' ? NaN : v)), {
    path: '__proto__.a',
  });
});

test('a cycle is named with both ends', () => {
  const self = {};
  self.self = self;
  const cart = { items: [{ id: 1 }] };
  cart.items[0].owner = cart.items;
  const ring = Array.from({ length: 100 }, () => ({}));
  ring.forEach((link, i) => (link.next = ring[(i + 1) % 100]));
  const late = { first: { a: { b: {} } }, list: [[]] };
  late.self = late;
  const wide = [];
  for (let i = 0; i < 10; i++) wide.push(wide);
  const heavy = { text: 'x'.repeat(20_000) };
  heavy.more = [heavy];

  assertRefused(self, { path: 'self', says: 'the same object as the whole' });
  assertRefused(cart, { path: 'items.0.owner', says: 'the same object as "items"' });
  assertRefused({ ring: ring[0] }, { path: `ring${'.next'.repeat(100)}`, says: 'as "ring"' });
  assertRefused(late, { path: 'self', says: 'as the whole' });
  assertRefused(wide, { path: '0', says: 'cycle' });
  assertRefused(heavy, { path: 'more.0', says: 'cycle' });
  assert.ok(!Object.isFrozen(cart) && !Object.isFrozen(cart.items));
});

test('the same object twice is no cycle', () => {
  const address = { city: 'Seoul' };

  checkValue({ from: address, to: address }, 'cart');

  assert.ok(Object.isFrozen(address));
});

test('32 levels are let in, 33 are too many, however many there are', () => {
  let endless = {};
  for (let i = 0; i < 200_000; i++) endless = { in: endless };

  checkValue(nested(32), 'cart');

  const path = Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? '0' : 'in')).join('.');
  assertRefused(nested(33), { code: 'TOO_LARGE', path, says: '32 levels' });
  const deeper = Array(32).fill('in').join('.');
  assertRefused(endless, { code: 'TOO_LARGE', path: deeper, says: '32 levels' });
});

test('a text of 256 KiB is let in, one byte more is too large', () => {
  const fits = 'x'.repeat(limits.valueBytesMax - 2);

  assert.equal(checkValue(fits, 'cart'), limits.valueBytesMax);

  const list = [`${fits}`.slice(2)];
  assert.equal(checkValue(list, 'cart'), limits.valueBytesMax);
  assertRefused(`${fits}x`, { code: 'TOO_LARGE', says: 'at most 262144' });
  const large = [`${fits}`.slice(1)];
  assertRefused(large, { code: 'TOO_LARGE' });
  assert.ok(!Object.isFrozen(large));
  assertRefused({ a: '가'.repeat(90_000) }, { code: 'TOO_LARGE', says: String(270_000 + 8) });
  assertRefused({ list: ['a', `${fits}x`] }, { code: 'TOO_LARGE', path: '' });
  assertRefused({ ['k'.repeat(300_000)]: 1 }, { code: 'TOO_LARGE' });
  assertRefused('x'.repeat(5_000_000), { code: 'TOO_LARGE' });
});

test('objects that hold one another many times over are refused without walking them all', () => {
  let value = { a: 1 };
  let list = [1];
  for (let i = 0; i < 30; i++) value = { left: value, right: value };
  for (let i = 0; i < 30; i++) list = [list, list];
  let wordy = { a: 1 };
  const [left, right] = ['l'.repeat(10_000), 'r'.repeat(10_000)];
  for (let i = 0; i < 15; i++) wordy = { [left]: wordy, [right]: wordy };

  assertRefused(value, { code: 'TOO_LARGE' });
  assertRefused(list, { code: 'TOO_LARGE' });
  assertRefused(wordy, { code: 'TOO_LARGE' });
  assert.ok(!Object.isFrozen(value) && !Object.isFrozen(list));
});

test('code of the caller that throws while being read gives a typed error with the cause', () => {
  const broken = new Error('broken');
  const value = { a: { get b() { throw broken; } } };
  const proxy = new Proxy({ a: 1 }, { ownKeys() { throw broken; } });
  const unfreezable = new Proxy({ a: 1 }, { preventExtensions: () => false });

  assertRefused(value, { path: 'a.b', says: 'threw' });
  assert.equal(refusalOf(value).cause, broken);
  assertRefused(proxy, { says: 'threw' });
  assertRefused(unfreezable, { says: "can't be frozen" });
});

test('a value that differs at every look is refused', () => {
  let looks = 0;

  assertRefused(new Proxy({ a: 1 }, { get: () => looks++ }), { says: 'different at every look' });
});

test('halves of surrogate pairs are found where the platform can not tell', async () => {
  const native = String.prototype.isWellFormed;
  delete String.prototype.isWellFormed;
  try {
    const { isWellFormed } = await import('../../dist/js/src/json.js?without-native');

    for (const text of ['', 'Ada', '😀😀', '\ud7ff\ue000']) assert.ok(isWellFormed(text), text);
    for (const text of ['\ud800', '\udc00\ud800', '😀\udc00', '\ud83d😀']) {
      assert.ok(!isWellFormed(text), JSON.stringify(text));
    }
  } finally {
    Object.defineProperty(String.prototype, 'isWellFormed', {
      value: native, writable: true, configurable: true,
    });
  }
});

test('a key is a text of 1 to 512 bytes', () => {
  for (const key of ['a', '__proto__', '가'.repeat(170), 'x'.repeat(512), '😀'.repeat(128)]) {
    checkKey(key);
  }
  const bad = [
    '', 'x'.repeat(513), `${'가'.repeat(170)}xyz`, '😀'.repeat(129), 'a\ud800',
    undefined, null, 1, {}, Symbol('s'), 'x'.repeat(1_000_000),
  ];
  for (const key of bad) {
    assert.throws(() => checkKey(key), { name: 'DanjiError', code: 'INVALID_KEY' }, String(key));
  }
});

test('an id is 1 to 64 letters, digits, dots, underscores or hyphens', () => {
  for (const id of ['a', 'Header-1.a_b', 'x'.repeat(64)]) checkId(id, 'a unit id');

  for (const id of ['', 'x'.repeat(65), 'a b', 'a\n', '가', 'a/b', undefined, null, 1, ['a']]) {
    const expected = { name: 'DanjiError', code: 'INVALID_ID', message: /a unit id must be/ };
    assert.throws(() => checkId(id, 'a unit id'), expected, String(id));
  }
});

test('the limits are those of the core', () => {
  const header = readFileSync(new URL('../../core/base/limits.h', import.meta.url), 'utf8');
  const ofCore = (name) => {
    const factors = new RegExp(`${name} = ([\\d' *]+);`).exec(header)?.[1] ?? '';
    return factors.replaceAll("'", '').split('*').reduce((product, n) => product * Number(n), 1);
  };

  assert.equal(limits.keyBytesMax, ofCore('kKeyBytesMax'));
  assert.equal(limits.valueBytesMax, ofCore('kValueBytesMax'));
  assert.equal(limits.nestingMax, ofCore('kNestingMax'));
});

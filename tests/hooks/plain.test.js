// What the Vue and Svelte hooks hand over: plain copies, of anything that can be plain.
import test from 'node:test';
import assert from 'node:assert/strict';
import { plain, plainChange } from '../../dist/vue/src/plain.js';

test('a copy is equal, plain, and shares nothing that could still change', () => {
  const address = { street: 'Hill 1', tags: ['home', null, 1.5, true] };
  const value = { name: 'Ada', address };

  const copy = plain(value);

  assert.deepEqual(copy, value);
  assert.notEqual(copy, value);
  assert.notEqual(copy.address, address);
  assert.notEqual(copy.address.tags, address.tags);
});

test('values are read through proxies', () => {
  const shout = {
    get(target, name, proxy) {
      const part = Reflect.get(target, name, proxy);
      return typeof part === 'string' ? part.toUpperCase() : part;
    },
  };

  assert.deepEqual(plain({ inner: new Proxy({ name: 'ada' }, shout) }), { inner: { name: 'ADA' } });
});

test('what is frozen all the way down stays the same object', () => {
  const deep = Object.freeze({ tags: Object.freeze(['home']) });

  assert.equal(plain(deep), deep);
  assert.equal(plain({ deep }).deep, deep);
});

test('what is frozen only at the top is copied', () => {
  const inner = ['home'];
  const shallow = Object.freeze({ inner });

  const copy = plain(shallow);

  assert.notEqual(copy, shallow);
  assert.notEqual(copy.inner, inner);
});

test('a field named __proto__ is a field like any other', () => {
  const value = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');

  const copy = plain(value);

  assert.deepEqual(Object.keys(copy), ['__proto__', 'constructor']);
  assert.equal(copy.admin, undefined);
  assert.equal({}.admin, undefined);
});

test('what is not plain data is passed on as it is', () => {
  class Point {}
  for (const odd of [new Date(0), new Map(), new Point(), () => 1, Symbol('a'), 1n, undefined]) {
    assert.equal(plain({ odd }).odd, odd);
  }
});

test('cycles, depth and shared parts end', () => {
  const loop = { parts: [] };
  loop.parts.push(loop);
  let deep = {};
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  let wide = {};
  for (let level = 0; level < 60; level += 1) wide = { left: wide, right: wide };

  const copy = plain(loop);
  plain(deep);
  const wideCopy = plain(wide);

  assert.equal(copy.parts[0], copy);
  assert.equal(wideCopy.left, wideCopy.right);
});

test('holes of an array become undefined, which a store refuses', () => {
  const copy = plain([1, , 3]);

  assert.deepEqual(Object.keys(copy), ['0', '1', '2']);
});

test('an updater is wrapped, and its result copied', () => {
  const tags = ['home'];

  const change = plainChange((previous) => ({ ...previous, tags }));

  assert.deepEqual(change({ name: 'Ada' }), { name: 'Ada', tags: ['home'] });
  assert.notEqual(change({}).tags, tags);
});

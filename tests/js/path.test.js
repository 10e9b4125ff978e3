// Dotted paths lead through own fields and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath, readPath, readSteps } from '../../dist/js/src/path.js';

const cart = { items: [{ name: 'Milk', tags: [] }, { name: 'Bread' }], total: 0, note: null };

test('a path leads to what is there', () => {
  assert.equal(readPath(cart, 'items.1.name'), 'Bread');
  assert.equal(readPath(cart, 'items'), cart.items);
  assert.equal(readPath(cart, 'total'), 0);
  assert.equal(readPath(cart, 'note'), null);
  assert.equal(readPath(cart.items, '0'), cart.items[0]);
});

test('the empty path is the whole value', () => {
  assert.equal(readPath(cart, ''), cart);
  assert.equal(readPath(undefined, ''), undefined);
  assert.equal(readPath(5, ''), 5);
});

test('where a step is missing there is undefined', () => {
  for (const path of ['user', 'user.name', 'items.2', 'items.2.name', 'items.-1', 'items.01',
    'total.digits', 'note.text', 'items.0.name.0', 'items.0.name.length', 'items.', '.', '..']) {
    assert.equal(readPath(cart, path), undefined, path);
  }
  for (const value of [undefined, null, 5, 'Ada', true]) {
    assert.equal(readPath(value, 'length'), undefined);
  }
});

test('inherited fields are not there', () => {
  for (const path of ['constructor', '__proto__', 'toString', '__proto__.toString', 'items.map',
    'constructor.prototype', 'items.0.hasOwnProperty']) {
    assert.equal(readPath(cart, path), undefined, path);
  }
});

test('own fields may have any name', () => {
  const value = JSON.parse('{"__proto__": {"constructor": 1}, "": {"": 2}, "0": 3}');

  assert.equal(readPath(value, '__proto__.constructor'), 1);
  assert.equal(readPath(value, '.'), 2);
  assert.equal(readPath(value, '0'), 3);
});

test('objects without prototype are read like others', () => {
  assert.equal(readPath(Object.assign(Object.create(null), { a: { b: 1 } }), 'a.b'), 1);
});

test('a path is parsed into its steps once and read many times', () => {
  const steps = parsePath('items.0.name');

  assert.deepEqual(steps, ['items', '0', 'name']);
  assert.deepEqual(parsePath(''), []);
  assert.equal(readSteps(cart, steps), 'Milk');
  assert.equal(readSteps({ items: [] }, steps), undefined);
});

test('what is not a text is no path', () => {
  for (const path of [undefined, null, 0, ['items'], {}]) {
    assert.throws(() => parsePath(path), { name: 'DanjiError', code: 'INVALID_KEY' });
  }
});

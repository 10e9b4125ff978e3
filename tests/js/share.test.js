// A new value keeps the references of the old one wherever nothing changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFrozen, share } from '../../dist/js/src/share.js';
import {
  canonical, clone, containersIn, deepFreeze, forAll, isDeepFrozen, setField,
} from './random.js';

/** What is at `path`, or undefined. */
function at(value, path) {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = here[step];
  }
  return here;
}

/** The same value with the fields of all objects the other way round. */
function reordered(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reordered);
  const copy = {};
  for (const name of Object.keys(value).reverse()) setField(copy, name, reordered(value[name]));
  return copy;
}

/** A copy of `value` in which up to three things are different. */
function changed(random, value) {
  const copy = clone(value);
  for (let change = random.below(4); change > 0; change--) {
    const { container } = random.pick(containersIn(copy));
    const isArray = Array.isArray(container);
    const kind = random.below(3);
    if (kind === 0 && isArray) container.splice(random.below(3), random.below(2));
    else if (kind === 0) delete container[random.name()];
    else if (isArray) container.splice(random.below(3), kind - 1, random.value(2));
    else setField(container, random.name(), random.value(2));
  }
  return copy;
}

test('the result equals the new value, and shares all that is equal in the same place', (t) => {
  forAll(t, 4000, (random) => {
    const previous = deepFreeze(random.container());
    const next = random.below(4) === 0 ? random.container() : changed(random, previous);
    if (random.below(3) === 0) deepFreeze(next);
    const texts = [JSON.stringify(previous), JSON.stringify(next)];

    const result = share(previous, next);

    assert.equal(canonical(result), canonical(next));
    assert.deepEqual([JSON.stringify(previous), JSON.stringify(next)], texts);
    assert.ok(isDeepFrozen(result));
    for (const { container, path } of containersIn(result)) {
      const before = at(previous, path);
      if (before !== undefined && canonical(before) === canonical(container)) {
        assert.equal(container, before, `shared at ${path.join('.')}`);
      }
    }
  });
});

test('an equal value is the previous one, also with its fields in another order', (t) => {
  forAll(t, 1000, (random) => {
    const previous = deepFreeze(random.value());

    assert.equal(share(previous, clone(previous)), previous);
    assert.equal(share(previous, reordered(clone(previous))), previous);
  });
});

test('what changed is new on the way to it and nowhere else', () => {
  const previous = deepFreeze({ items: [{ id: 1 }, { id: 2 }], user: { name: 'Ada' } });
  const next = { items: [{ id: 1 }, { id: 3 }], user: { name: 'Ada' } };

  const result = share(previous, next);

  assert.notEqual(result, previous);
  assert.notEqual(result.items, previous.items);
  assert.equal(result.items[0], previous.items[0]);
  assert.equal(result.items[1], next.items[1]);
  assert.equal(result.user, previous.user);
  assert.deepEqual(Object.keys(result), ['items', 'user']);
  assert.notEqual(next.user, previous.user, 'the new value itself is left as it was');
});

test('a value that shares nothing is frozen and returned as it is', () => {
  const next = { list: [{ id: 1 }] };

  assert.equal(share({ list: { 0: { id: 2 } } }, next), next);
  assert.ok(isDeepFrozen(next));
  assert.equal(share(undefined, 5), 5);
  assert.equal(share({ id: 1 }, null), null);
});

test('arrays and objects of the same fields are different', () => {
  assert.deepEqual(share(deepFreeze({ 0: 'a' }), ['a']), ['a']);
  assert.deepEqual(share(deepFreeze(['a']), { 0: 'a' }), { 0: 'a' });
  assert.deepEqual(share(deepFreeze({ a: [] }), { a: {} }), { a: {} });
});

test('one end of a list that is the other list is not the whole', () => {
  const previous = deepFreeze([{ id: 1 }, { id: 2 }]);

  assert.deepEqual(share(previous, [{ id: 1 }]), [{ id: 1 }]);
  assert.deepEqual(share(previous, [{ id: 1 }, { id: 2 }, { id: 3 }]).length, 3);
  assert.deepEqual(share(deepFreeze({ a: 1, b: 2 }), { a: 1 }), { a: 1 });
});

test('fields named __proto__ are fields, and inherited ones are none', () => {
  const previous = parseFrozen('{"__proto__": {"a": [1]}, "list": [1]}');

  const result = share(previous, JSON.parse('{"__proto__": {"a": [1]}, "list": [2]}'));

  assert.equal(JSON.stringify(result), '{"__proto__":{"a":[1]},"list":[2]}');
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
  assert.equal(result['__proto__'], previous['__proto__']);
  const inherited = JSON.parse('{"a": 1, "__proto__": {}, "constructor": {}}');
  const none = share(deepFreeze({ a: 1 }), inherited);
  assert.equal(JSON.stringify(none), '{"a":1,"__proto__":{},"constructor":{}}');
  assert.equal({}.a, undefined);
});

test('an object without prototype keeps having none', () => {
  const previous = deepFreeze({ list: [1], id: 1 });
  const next = Object.assign(Object.create(null), { list: [1], id: 2 });

  const result = share(previous, next);

  assert.equal(result.list, previous.list);
  assert.equal(Object.getPrototypeOf(result), null);
});

test('a parsed text is frozen to the bottom', (t) => {
  forAll(t, 500, (random) => {
    const text = JSON.stringify(random.value());

    const value = parseFrozen(text);

    assert.equal(JSON.stringify(value), text);
    assert.ok(isDeepFrozen(value));
  });
  const deep = parseFrozen('['.repeat(50_000) + ']'.repeat(50_000));
  assert.ok(Object.isFrozen(deep) && Object.isFrozen(deep[0][0]));
});

test('a text that is not JSON gives a typed error', () => {
  for (const text of ['', '{', 'undefined', '[1,]', "{'a': 1}"]) {
    assert.throws(() => parseFrozen(text), { name: 'DanjiError', code: 'MALFORMED' }, text);
  }
});

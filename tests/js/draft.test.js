// A draft behaves like the plain value that it stands for, and leaves the original alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkValue } from '../../dist/js/src/check.js';
import { produce as produceFor } from '../../dist/js/src/draft.js';
import {
  canonical, clone, containersIn, deepFreeze, forAll, isDeepFrozen, Random,
} from './random.js';

const refused = { name: 'DanjiError', code: 'INVALID_VALUE', key: 'cart' };
const gone = { name: 'DanjiError', code: 'CLOSED', key: 'cart' };
const failed = { name: 'DanjiError', code: 'UPDATER_FAILED', key: 'cart' };

const produce = (base, recipe) => produceFor(base, recipe, 'cart');

const cart = () => deepFreeze({
  items: [{ id: 3, tags: ['new'] }, { id: 1, tags: [] }, { id: 2, tags: ['old'] }],
  owner: { name: 'Ada', address: { city: 'Seoul' } },
  total: 0,
});

/** Some container inside, reached by reading. */
function dive(random, value) {
  let here = value;
  for (let depth = random.below(4); depth > 0; depth--) {
    const inner = Object.values(here).filter((child) => Object(child) === child);
    if (inner.length === 0) return here;
    here = random.pick(inner);
  }
  return here;
}

const listSteps = [
  (random, list) => list.push(random.value(1), random.value(2)),
  (random, list) => list.pop(),
  (random, list) => list.shift(),
  (random, list) => list.unshift(random.value(1)),
  (random, list) => list.splice(random.below(3), random.below(3), random.value(2)),
  (random, list) => list.reverse(),
  (random, list) => list.sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1)),
  (random, list) => list.fill(random.value(1), random.below(3)),
  (random, list) => list.copyWithin(0, random.below(3)),
  (random, list) => (list.length = Math.min(list.length, random.below(4))),
  (random, list) => list.forEach((item, i) => (list[i] = item)),
  (random, list) => (list[list.length] = random.value(2)),
];
const objectSteps = [
  (random, object) => delete object[random.name()],
  (random, object) => Object.assign(object, { id: random.value(1) }),
  (random, object) => (object.items = Object.values(object)),
  (random, object) => (object.name = { ...object, name: 0 }),
  (random, object) => {
    for (const name in object) if (name in object && random.below(2) === 0) delete object[name];
  },
];

/** Does something to `value`: the same for the same random numbers. */
function play(random, value) {
  for (let step = random.below(6); step > 0; step--) {
    const here = dive(random, value);
    random.pick(Array.isArray(here) ? listSteps : objectSteps)(random, here);
  }
}

test('whatever is done to a draft gives what it gives when done to a plain copy', (t) => {
  forAll(t, 4000, (random) => {
    const base = deepFreeze(random.container(3));
    const before = JSON.stringify(base);
    const seed = random.below(2 ** 31);
    const plain = clone(base);
    play(new Random(seed), plain);

    const result = produce(base, (draft) => play(new Random(seed), draft));

    assert.equal(canonical(result), canonical(plain));
    assert.equal(JSON.stringify(base), before);
    checkValue(result, 'cart');
    assert.ok(isDeepFrozen(result));
  });
});

test('a recipe that only looks gives the very same value back', (t) => {
  forAll(t, 1000, (random) => {
    const base = deepFreeze(random.container());

    const result = produce(base, (draft) => {
      JSON.stringify(draft);
      for (const { container } of containersIn(draft)) Object.entries(container);
    });

    assert.equal(result, base);
  });
});

test('what is changed and changed back is not changed', () => {
  const base = cart();

  const result = produce(base, (draft) => {
    draft.items.push({ id: 4 });
    draft.items.pop();
    draft.owner.name = 'Bob';
    draft.owner.name = 'Ada';
    draft.items.reverse();
    draft.items.reverse();
    delete draft.total;
    draft.total = 0;
    draft.owner = draft.owner;
  });

  assert.equal(result, base);
});

test('what was not changed keeps its identity', () => {
  const base = cart();

  const result = produce(base, (draft) => {
    draft.items[1].tags.push('seen');
    draft.items.find((item) => item.id === 2);
  });

  assert.deepEqual(result.items[1], { id: 1, tags: ['seen'] });
  assert.notEqual(result, base);
  assert.notEqual(result.items, base.items);
  assert.notEqual(result.items[1], base.items[1]);
  assert.equal(result.items[0], base.items[0]);
  assert.equal(result.items[2], base.items[2]);
  assert.equal(result.owner, base.owner);
});

test('sorting and moving keep the identity of what is moved', () => {
  const base = cart();

  const result = produce(base, (draft) => {
    draft.items.sort((one, other) => one.id - other.id);
    draft.first = draft.items[0];
    draft.items.splice(1, 1);
  });

  assert.deepEqual(result.items.map((item) => item.id), [1, 3]);
  assert.equal(result.items[0], base.items[1]);
  assert.equal(result.items[1], base.items[0]);
  assert.equal(result.first, base.items[1]);
});

test('arrays are arrays', () => {
  produce(cart(), (draft) => {
    assert.ok(Array.isArray(draft.items));
    assert.equal(draft.items.length, 3);
    assert.deepEqual(draft.items.map((item) => item.id), [3, 1, 2]);
    assert.equal(draft.items.indexOf(draft.items[2]), 2);
    assert.ok(draft.items.includes(draft.items[0]));
    assert.equal([...draft.items].length, 3);
    assert.deepEqual(Object.keys(draft.items), ['0', '1', '2']);
    assert.ok(0 in draft.items && !(3 in draft.items));
    assert.ok('owner' in draft && !('user' in draft));
    assert.equal(draft.items.at(-1).id, 2);
    assert.ok(Array.isArray(draft.items.filter(Boolean)));
    assert.deepEqual(draft.items.concat([0]).length, 4);
    assert.equal({ ...draft.owner }.name, 'Ada');
    assert.equal(draft.owner, draft.owner);
    assert.equal(draft.hasOwnProperty('owner'), true);
    assert.equal(Object.getOwnPropertyDescriptor(draft, 'total').value, 0);
  });
});

test('lengths can be set, and a longer one leaves holes that are refused when checked', () => {
  const base = deepFreeze([1, 2, 3]);

  assert.deepEqual(produce(base, (draft) => { draft.length = 1; }), [1]);
  const longer = produce(base, (draft) => { draft.length = 5; });
  const hole = produce(base, (draft) => { delete draft[1]; });

  assert.equal(longer.length, 5);
  assert.throws(() => checkValue(longer, 'cart'), { ...refused, path: '3' });
  assert.throws(() => checkValue(hole, 'cart'), { ...refused, path: '1' });
});

test('a draft that is put elsewhere is resolved there, as changed in the end', () => {
  const base = cart();

  const result = produce(base, (draft) => {
    const { owner } = draft;
    draft.payer = { person: owner, all: [owner, draft.items[0]] };
    draft.frozen = Object.freeze({ person: owner });
    owner.address.city = 'Busan';
    draft.total = draft.items[1];
  });

  assert.deepEqual(result.payer.person, { name: 'Ada', address: { city: 'Busan' } });
  assert.equal(result.payer.person, result.owner);
  assert.equal(result.payer.all[0], result.owner);
  assert.equal(result.payer.all[1], base.items[0]);
  assert.equal(result.frozen.person, result.owner);
  assert.equal(result.total, base.items[1]);
  assert.equal(base.owner.address.city, 'Seoul');
});

test('a draft of what was put in frozen, with a draft inside, is resolved too', () => {
  const base = cart();

  const result = produce(base, (draft) => {
    draft.wrap = Object.freeze({ inner: Object.freeze({ person: draft.owner }) });
    assert.equal(draft.wrap.inner.person.name, 'Ada');
    draft.owner.name = 'Bob';
  });

  assert.deepEqual(clone(result.wrap), { inner: { person: clone(result.owner) } });
  checkValue(result, 'cart');
});

test('what the recipe puts in is not changed by the draft', () => {
  const other = deepFreeze({ id: 9, tags: ['sale'] });
  const mine = { list: [] };

  const result = produce(cart(), (draft) => {
    draft.items.push(other);
    draft.items[3].tags.push('last');
    mine.owner = draft.owner;
    draft.mine = mine;
  });

  assert.deepEqual(result.items[3].tags, ['sale', 'last']);
  assert.deepEqual(other.tags, ['sale']);
  assert.equal(result.mine.list, mine.list);
  assert.notEqual(result.mine, mine);
  assert.ok(!Object.isFrozen(mine));
});

test('what was put in can be changed on before the recipe ends', () => {
  const result = produce(cart(), (draft) => {
    draft.items = [];
    draft.items.push({ id: 7 });
    draft.items[0].id = 8;
  });

  assert.deepEqual(result.items, [{ id: 8 }]);
});

test('something that is put into itself is refused', () => {
  const base = cart();

  assert.throws(() => produce(base, (draft) => { draft.owner.self = draft; }), refused);
  assert.throws(() => produce(base, (draft) => { draft.owner.self = [draft.owner]; }), refused);
  assert.throws(() => produce(base, (draft) => {
    const mine = {};
    mine.mine = mine;
    draft.mine = mine;
  }), refused);
});

test('what is nested too deep is left to the check', () => {
  let endless = {};
  for (let i = 0; i < 100_000; i++) endless = { in: endless };

  const result = produce(cart(), (draft) => { draft.endless = endless; });

  const expected = { name: 'DanjiError', code: 'TOO_LARGE' };
  assert.throws(() => checkValue(result, 'cart'), expected);
});

test('a field with undefined in the place of another is a change, refused when checked', () => {
  const base = deepFreeze({ id: 1 });

  const result = produce(base, (draft) => {
    delete draft.id;
    draft.name = undefined;
  });

  assert.notEqual(result, base);
  assert.throws(() => checkValue(result, 'cart'), { ...refused, path: 'name' });
});

test('what is no JSON passes through and is refused when checked', () => {
  const sold = new Date(0);

  const result = produce(cart(), (draft) => { draft.items[0].sold = sold; });

  assert.equal(result.items[0].sold, sold);
  assert.throws(() => checkValue(result, 'cart'), { ...refused, path: 'items.0.sold' });
});

test('an instance of a class stays one, so that it is refused when checked', () => {
  class Payer {
    constructor(person) {
      this.person = person;
    }
  }

  const result = produce(cart(), (draft) => { draft.payer = new Payer(draft.owner); });

  assert.throws(() => checkValue(result, 'cart'), { ...refused, path: 'payer' });
});

test('many things can be changed at once', () => {
  const base = deepFreeze(Array.from({ length: 200 }, (_, id) => ({ id, tags: [] })));

  const result = produce(base, (draft) => {
    for (const item of draft) item.tags.push(item.id);
  });

  checkValue(result, 'cart');
  assert.deepEqual(result.map((item) => item.tags[0]), base.map((item) => item.id));
});

test('__proto__ and constructor are ordinary names and lead to no prototype', () => {
  const base = deepFreeze(JSON.parse('{"__proto__": {"list": [1]}, "id": 1}'));

  const result = produce(base, (draft) => { draft['__proto__'].list.push(2); });
  const fresh = produce(deepFreeze({ id: 1 }), (draft) => {
    draft['__proto__'] = { admin: true };
    draft.constructor = 1;
  });

  assert.equal(JSON.stringify(result), '{"__proto__":{"list":[1,2]},"id":1}');
  assert.equal(JSON.stringify(fresh), '{"id":1,"__proto__":{"admin":true},"constructor":1}');
  assert.equal(Object.getPrototypeOf(fresh), Object.prototype);
  for (const name of ['__proto__', 'constructor']) {
    assert.throws(() => produce(cart(), (draft) => { draft[name].admin = 1; }), failed);
    assert.throws(() => produce(cart(), (draft) => { draft.items[name].admin = 1; }), failed);
  }
  for (const shared of [{}, [], Object, Array]) assert.equal(shared.admin, undefined);
});

test('a draft ends with its recipe, however that ended', async () => {
  const kept = [];
  const keep = (draft) => void kept.push(draft, draft.items, draft.items[0]);

  produce(cart(), keep);
  const broken = new Error('broken');
  assert.throws(() => produce(cart(), (draft) => { keep(draft); throw broken; }), failed);
  assert.throws(() => produce(cart(), async (draft) => { keep(draft); }), refused);

  assert.equal(kept.length, 9);
  for (const draft of kept) {
    assert.throws(() => draft.id, gone);
    assert.throws(() => { draft.id = 1; }, gone);
    assert.throws(() => { delete draft.id; }, gone);
    assert.throws(() => 'id' in draft, gone);
    assert.throws(() => Object.keys(draft), gone);
    assert.throws(() => Object.getOwnPropertyDescriptor(draft, 'id'), gone);
    assert.throws(() => JSON.stringify(draft), gone);
  }
});

test('what a recipe throws is the cause of its failure, what its draft refused is not', () => {
  const reason = new Error('no stock');

  assert.throws(() => produce(cart(), () => { throw reason; }), { ...failed, cause: reason });
  assert.throws(() => produce(cart(), (draft) => {
    produceFor([], (list) => { list[Symbol('s')] = draft.total; }, 'list');
  }), ({ code, cause }) => code === 'UPDATER_FAILED' && cause.key === 'list');
  assert.throws(() => produce(cart(), (draft) => { draft[Symbol('s')] = 1; }), refused);
});

test('an async recipe is refused and its later failure is not left unhandled', async (t) => {
  const unhandled = [];
  const hear = (reason) => unhandled.push(reason);
  process.on('unhandledRejection', hear);
  t.after(() => process.off('unhandledRejection', hear));
  const base = cart();

  assert.throws(() => produce(base, async (draft) => {
    await null;
    draft.total = 1;
  }), { ...refused, message: /must not be async/ });
  assert.throws(() => produce(base, () => ({ then() {} })), refused);
  await new Promise((resolve) => setImmediate(resolve));

  assert.deepEqual(unhandled, []);
  assert.deepEqual(base, cart());
});

test('a value in place of changes is refused, the value of the last expression is not', () => {
  const base = cart();

  assert.throws(() => produce(base, (draft) => ({ ...draft, total: 1 })), refused);

  assert.equal(produce(base, (draft) => draft.items.splice(9, 1)), base);
  assert.equal(produce(base, (draft) => draft.items), base);
  assert.equal(produce(base, (draft) => draft.owner), base);
  assert.equal(produce(base, (draft) => (draft.owner = base.owner)), base);
  assert.equal(produce(base, (draft) => Object.assign(draft, { total: 0 })), base);
  assert.equal(produce(base, (draft) => (draft.total = 1)).total, 1);
  assert.equal(produce(base, (draft) => (draft.owner = { name: 'Bob' })).owner.name, 'Bob');
  assert.equal(produce(deepFreeze({ then: 1, id: 1 }), (draft) => draft).id, 1);
});

test('only plain assignments and deletions are taken', () => {
  const field = { value: 1, enumerable: true };

  for (const recipe of [
    (draft) => { Object.defineProperty(draft, 'id', field); },
    (draft) => { Object.setPrototypeOf(draft, null); },
    (draft) => { Object.freeze(draft); },
    (draft) => { draft[Symbol('s')] = 1; },
  ]) assert.throws(() => produce(cart(), recipe), refused);
});

test('what is no array or object can not be changed in place', () => {
  for (const base of [undefined, null, 0, 'Ada', true]) {
    assert.throws(() => produce(base, () => {}), { ...refused, message: /setState/ });
  }
});

test('an array or object at the top is fine, empty ones too', () => {
  assert.deepEqual(produce(deepFreeze([]), (draft) => { draft.push(1); }), [1]);
  assert.deepEqual(produce(deepFreeze({}), (draft) => { draft.id = 1; }), { id: 1 });
});

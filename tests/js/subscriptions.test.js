// Subscriptions: who is told, when, in which order, and what happens when somebody throws.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openManager, openUnit, refusal, test } from './harness.js';

const count = defineState({ key: 'count', scope: 'private', default: 0 });
const cart = defineState({
  key: 'cart',
  scope: 'apartment',
  default: { items: [], note: { text: '' } },
});
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });

/** What a subscription heard, as a list. */
function listen(unit, state, options) {
  const heard = [];
  const stop = unit.subscribe(state, (value) => heard.push(value), options);
  return { heard, stop };
}

test('a listener hears each new value once, inside the call that wrote it', () => {
  const { unit } = openUnit();
  const { heard } = listen(unit, count);
  for (let i = 1; i <= 3; i++) {
    unit.setState(count, i);
    assert.deepEqual(heard, Array.from({ length: i }, (_, place) => place + 1));
  }
});

test('a listener hears nothing before the first change, and nothing after it ended', () => {
  const { unit } = openUnit();
  unit.setState(count, 5);
  const { heard, stop } = listen(unit, count);
  assert.deepEqual(heard, []);
  unit.setState(count, 6);
  stop();
  stop();
  unit.setState(count, 7);
  assert.deepEqual(heard, [6]);
});

test('a listener gets the metadata that belong to its value', async () => {
  const { unit } = openUnit('cart', { clock: () => 5000 });
  const metas = [];
  unit.subscribe(theme, (value, meta) => metas.push([value, meta]));
  const { version } = await unit.setState(theme, 'dark');
  const [[value, meta]] = metas;
  assert.equal(value, 'dark');
  assert.deepEqual({ ...meta.version }, { ...version });
  assert.equal(meta.updatedBy, 'cart');
  assert.equal(meta.updatedAt, 5000);
  assert.equal(meta.pending, 0);
  assert.equal(unit.readState(theme).meta.updatedAt, 5000);
});

test('listeners of one state are told in the order in which they came', () => {
  const { manager, unit } = openUnit();
  const other = manager.createUnitStateStore('header');
  const order = [];
  unit.subscribe(theme, () => order.push('first'));
  other.subscribe(theme, () => order.push('second'));
  manager.subscribe(theme, () => order.push('third'));
  other.setState(theme, 'dark');
  assert.deepEqual(order, ['first', 'second', 'third']);
});

test('writing what is there already tells nobody', () => {
  const { unit } = openUnit();
  unit.setState(count, 1);
  const value = { items: [1], note: { text: '' } };
  unit.setState(cart, value);
  const numbers = listen(unit, count);
  const carts = listen(unit, cart);
  unit.setState(count, 1);
  unit.setState(cart, value);
  assert.deepEqual([numbers.heard, carts.heard], [[], []]);
});

test('with meta, a listener hears of a write that changed the version alone', () => {
  const { unit } = openUnit();
  unit.setState(count, 1);
  const { heard } = listen(unit, count, { meta: true });
  unit.setState(count, 1);
  unit.setState(count, 2);
  assert.deepEqual(heard, [1, 2]);
});

test('unset tells the default', () => {
  const { unit } = openUnit();
  unit.setState(count, 5);
  const { heard } = listen(unit, count);
  unit.unsetState(count);
  unit.unsetState(count);
  assert.deepEqual(heard, [0]);
});

test('immediate calls at once with the present value, then as usual', () => {
  const { unit } = openUnit();
  unit.setState(count, 5);
  const { heard } = listen(unit, count, { immediate: true });
  assert.deepEqual(heard, [5]);
  unit.setState(count, 6);
  assert.deepEqual(heard, [5, 6]);
});

test('an immediate listener that throws is reported and stays subscribed', () => {
  const { unit, errors } = openUnit();
  const heard = [];
  unit.subscribe(
    count,
    (value) => {
      heard.push(value);
      if (heard.length === 1) throw new Error('not yet');
    },
    { immediate: true },
  );
  unit.setState(count, 1);
  assert.deepEqual(heard, [0, 1]);
  assert.deepEqual(errors.map(({ code }) => code), ['LISTENER_FAILED']);
});

test('a listener that throws is reported with its cause and silences nobody', () => {
  const { unit, errors } = openUnit();
  const reason = new Error('listener');
  const before = listen(unit, count);
  unit.subscribe(count, () => {
    throw reason;
  });
  const after = listen(unit, count);
  unit.setState(count, 1);
  unit.setState(count, 2);
  assert.deepEqual([before.heard, after.heard], [[1, 2], [1, 2]]);
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [
    ['LISTENER_FAILED', 'count'],
    ['LISTENER_FAILED', 'count'],
  ]);
  assert.equal(errors[0].cause, reason);
});

test('a listener may write; every listener hears the values in order', () => {
  const { unit } = openUnit();
  const first = listen(unit, count);
  unit.subscribe(count, (value) => {
    if (value < 3) unit.setState(count, value + 1);
  });
  const last = listen(unit, count);
  unit.setState(count, 1);
  assert.equal(unit.getState(count), 3);
  assert.deepEqual(first.heard.at(-1), 3);
  assert.deepEqual(last.heard.at(-1), 3);
  for (const { heard } of [first, last]) {
    assert.deepEqual(heard, [...heard].sort((a, b) => a - b));
    assert.equal(new Set(heard).size, heard.length);
  }
});

test('a listener that writes another state lets that be heard in the same call', () => {
  const { unit } = openUnit();
  const seen = [];
  unit.subscribe(count, (value) => {
    unit.setState(theme, `theme ${value}`);
    seen.push(unit.getState(theme));
  });
  const themes = listen(unit, theme);
  unit.setState(count, 1);
  assert.deepEqual(seen, ['theme 1']);
  assert.deepEqual(themes.heard, ['theme 1']);
});

test('who unsubscribes during a notification is not told any more', () => {
  const { unit } = openUnit();
  const stops = [];
  const heard = [];
  stops.push(unit.subscribe(count, () => stops.forEach((stop) => stop())));
  for (const name of ['b', 'c']) {
    stops.push(unit.subscribe(count, () => heard.push(name)));
  }
  unit.setState(count, 1);
  unit.setState(count, 2);
  assert.deepEqual(heard, []);
});

test('who subscribes during a notification is told from the next one on', () => {
  const { unit } = openUnit();
  const heard = [];
  let isFirst = true;
  unit.subscribe(count, () => {
    if (isFirst) unit.subscribe(count, (value) => heard.push(value));
    isFirst = false;
  });
  unit.setState(count, 1);
  assert.deepEqual(heard, []);
  unit.setState(count, 2);
  assert.deepEqual(heard, [2]);
});

test('of many who come and go while they are told, each hears what it is there for', () => {
  const { unit } = openUnit();
  const heard = [];
  const ends = [];
  const come = (name) => {
    ends[name] = unit.subscribe(count, (value) => heard.push([name, value]));
  };
  for (let name = 0; name < 50; name++) come(name);
  unit.subscribe(count, (value) => {
    if (value > 1) return;
    for (let name = 0; name < 40; name++) ends[name]();
    for (let name = 50; name < 90; name++) come(name);
    for (let name = 40; name < 80; name++) ends[name]();
  });
  for (let name = 100; name < 110; name++) come(name);

  unit.setState(count, 1);
  const names = (from, to) => Array.from({ length: to - from }, (_, place) => from + place);
  const told = (value, ...ranges) => ranges.flat().map((name) => [name, value]);
  assert.deepEqual(heard.splice(0), told(1, names(0, 50), names(100, 110)));
  unit.setState(count, 2);
  assert.deepEqual(heard.splice(0), told(2, names(100, 110), names(80, 90)));
  ends.forEach((end) => end());
  unit.setState(count, 3);
  assert.deepEqual(heard, []);
});

test('an AbortSignal ends a subscription, also one that was aborted before', () => {
  const { unit } = openUnit();
  const controller = new AbortController();
  const { heard } = listen(unit, count, { signal: controller.signal });
  unit.setState(count, 1);
  controller.abort();
  unit.setState(count, 2);
  const late = listen(unit, count, { signal: controller.signal, immediate: true });
  unit.setState(count, 3);
  assert.deepEqual([heard, late.heard], [[1], []]);
});

test('a subscription that ended lets go of its signal', () => {
  const { unit } = openUnit();
  const { signal } = new AbortController();
  let kept = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given) => (kept++, addEventListener.apply(signal, given));
  signal.removeEventListener = (...given) => (kept--, removeEventListener.apply(signal, given));
  const { stop } = listen(unit, count, { signal });
  assert.equal(kept, 1);
  stop();
  assert.equal(kept, 0);
});

test('batchSubscribe hears several states and ends as one', () => {
  const { unit } = openUnit();
  const heard = [];
  const stop = unit.batchSubscribe([
    { stateKey: count, callback: (value) => heard.push(['count', value]) },
    { stateKey: theme, callback: (value) => heard.push(['theme', value]) },
  ]);
  unit.setState(count, 1);
  unit.setState(theme, 'dark');
  stop();
  unit.setState(count, 2);
  unit.setState(theme, 'light');
  assert.deepEqual(heard, [['count', 1], ['theme', 'dark']]);
});

test('batchSubscribe with one bad key subscribes to nothing', () => {
  const { unit } = openUnit();
  const heard = [];
  refusal('NOT_REGISTERED', () =>
    unit.batchSubscribe([
      { stateKey: count, callback: (value) => heard.push(value) },
      { stateKey: 'wishes', callback: () => {} },
    ]),
  );
  unit.setState(count, 1);
  assert.deepEqual(heard, []);
});

test('a path listener hears only what really changed at its path', () => {
  const { unit } = openUnit();
  const texts = [];
  const firsts = [];
  unit.subscribeToPath(cart, 'note.text', (text) => texts.push(text));
  unit.subscribeToPath(cart, 'items.0', (item) => firsts.push(item));
  unit.update(cart, (draft) => void (draft.note.text = 'hello'));
  unit.update(cart, (draft) => void draft.items.push({ id: 1 }));
  unit.setState(cart, { items: [{ id: 1 }], note: { text: 'hello' } });
  unit.setState(cart, { items: [{ id: 1 }, { id: 2 }], note: { text: 'bye' } });
  unit.unsetState(cart);
  assert.deepEqual(texts, ['hello', 'bye', '']);
  assert.deepEqual(firsts, [{ id: 1 }, undefined]);
});

test('a path that leads nowhere, or over a prototype, is undefined and no error', () => {
  const { unit } = openUnit();
  const heard = [];
  unit.subscribeToPath(cart, 'constructor.name', (value) => heard.push(value));
  unit.subscribeToPath(cart, 'items.length.x', (value) => heard.push(value));
  unit.setState(cart, { items: [1], note: null });
  unit.setState(cart, null);
  assert.deepEqual(heard, []);
});

test('update keeps the identity of what it did not touch', () => {
  const { unit } = openUnit();
  unit.setState(cart, { items: [{ id: 1 }, { id: 2 }], note: { text: 'a' } });
  const before = unit.getState(cart);
  unit.update(cart, (draft) => void (draft.items[1].id = 3));
  const after = unit.getState(cart);
  assert.notEqual(after, before);
  assert.equal(after.note, before.note);
  assert.equal(after.items[0], before.items[0]);
  assert.notEqual(after.items[1], before.items[1]);
});

test('what comes back from a snapshot keeps the reference of what is equal', async () => {
  const { manager, unit } = openUnit();
  unit.setState(cart, { items: [{ id: 1 }, { id: 2 }], note: { text: 'a' } });
  const before = unit.getState(cart);
  const bytes = manager.createSnapshotBytes();
  const { heard } = listen(unit, cart);
  await manager.restoreFromSnapshot(bytes);
  assert.equal(unit.getState(cart), before);
  assert.deepEqual(heard, []);
  unit.update(cart, (draft) => void (draft.items[0].id = 9));
  const changed = unit.getState(cart);
  await manager.restoreFromSnapshot(bytes);
  assert.deepEqual(unit.getState(cart), before);
  assert.equal(unit.getState(cart).items[1], changed.items[1]);
  assert.equal(unit.getState(cart).note, before.note);
});

test('subscribeAll hears every visible change of every key, one list a round', () => {
  const { manager, unit } = openUnit();
  const rounds = [];
  const stop = manager.subscribeAll((changes) =>
    rounds.push(changes.map(({ key, space, value, meta }) => [key, space, value, meta.updatedBy])),
  );
  unit.setState(count, 1);
  unit.setState(count, 1);
  unit.batch(() => {
    unit.setState(theme, 'dark');
    unit.setState(count, 2);
  });
  stop();
  unit.setState(count, 3);
  assert.deepEqual(rounds, [
    [['count', 'tab/private:main/main/cart', 1, 'cart']],
    [
      ['theme', 'device/global', 'dark', 'cart'],
      ['count', 'tab/private:main/main/cart', 2, 'cart'],
    ],
  ]);
});

test('subscribeAll with meta also hears of writes that changed the version alone', () => {
  const { manager, unit } = openUnit();
  const rounds = [];
  manager.subscribeAll((changes) => rounds.push(changes[0].meta.version.index), { meta: true });
  const heard = [];
  unit.subscribe(count, (value) => heard.push(value));
  unit.setState(count, 1);
  unit.setState(count, 1);
  assert.equal(rounds.length, 2);
  assert.equal(rounds[1], rounds[0] + 1);
  assert.deepEqual(heard, [1]);
});

test('an observer of everything that throws is reported and the others go on', () => {
  const { manager, unit, errors } = openUnit();
  const heard = [];
  manager.subscribeAll(() => {
    throw new Error('panel');
  });
  manager.subscribeAll((changes) => heard.push(changes.length));
  unit.setState(count, 1);
  assert.deepEqual(heard, [1]);
  assert.deepEqual(errors.map(({ code }) => code), ['LISTENER_FAILED']);
});

test('the host page hears shared states without a unit, private ones only with one', () => {
  const { manager, unit } = openUnit();
  const heard = [];
  manager.subscribe(cart, (value) => heard.push(value.items.length));
  manager.subscribe(count, (value) => heard.push(`private ${value}`), { unitId: 'cart' });
  refusal('UNKNOWN_UNIT', () => manager.subscribe(count, () => {}));
  refusal('UNKNOWN_UNIT', () => manager.subscribe(count, () => {}, { unitId: 'nobody' }));
  unit.setState(cart, { items: [1, 2], note: null });
  unit.setState(count, 8);
  assert.deepEqual(heard, [2, 'private 8']);
});

test('a listener may close the manager it hears of', async () => {
  const manager = openManager();
  const unit = manager.createUnitStateStore('cart');
  const heard = [];
  unit.subscribe(count, () => void manager.close());
  unit.subscribe(count, (value) => heard.push(value));
  unit.setState(count, 1);
  assert.equal(manager.closed, true);
  assert.deepEqual(heard, []);
  refusal('DISPOSED', () => unit.getState(count));
});

// What the program around a server says to single ops, and hears of them.
import assert from 'node:assert/strict';
import { memoryStore } from 'danji-server';
import {
  cart, codeOf, defineState, likes, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';

const quiet = { onError: () => {} };
const users = { authenticate: (token) => ({ userId: token, grants: [`user:${token}`] }) };
const openUser = (url, token, options = {}) => openClient(url, { remote: { token }, ...quiet, ...options });

const metricOf = async ({ http }, line) => {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  return Number(metrics.split('\n').find((one) => one.startsWith(line))?.split(' ').at(-1) ?? 0);
};

test('canWrite is told who wants to write what, and refuses the op as a whole', async () => {
  const asked = [];
  const canWrite = (session, op) => {
    asked.push([session.userId, op]);
    return !op.writes.some(({ key }) => key === 'note');
  };
  const { url } = await openServer({ ...users, canWrite });
  const ada = openUser(url, 'ada', { unitId: 'till' });
  const { opId } = await ada.unit.setState(cart, { items: { tea: 1 } });
  const batch = ada.unit.batch(() => [
    ada.unit.add(likes, 2), ada.unit.setState(note, 'no'),
  ]);

  assert.deepEqual(await Promise.all(batch.map(codeOf)), ['FORBIDDEN', 'FORBIDDEN']);
  assert.equal(ada.unit.getState(likes), 0);
  await ada.unit.add(likes, 3);
  const [userId, first] = asked.find(([, op]) => op.writes.some(({ key }) => key === 'cart'));
  assert.equal(userId, 'ada');
  assert.deepEqual(first, {
    opId, room: 'apartment:main', unitId: 'till', userId: 'ada',
    writes: [{ key: 'cart', kind: 'set', value: { items: { tea: 1 } }, current: undefined }],
  });
  const [, second] = asked.find(([, op]) => op.writes.length === 2);
  assert.deepEqual(second.writes.map(({ key, kind, value }) => [key, kind, value]), [
    ['likes', 'add', 2], ['note', 'set', 'no'],
  ]);
});

test('every kind of write is told as what it does', async () => {
  const board = defineState({
    key: 'board', scope: 'apartment', default: { a: 1 }, conflictResolution: 'merge',
  });
  const money = defineState({
    key: 'money', scope: 'apartment', default: 0, conflictResolution: 'sum', sum: { digits: 2 },
  });
  const told = [];
  const { url } = await openServer({ beforeCommit: (_, { writes }) => void told.push(...writes) });
  const { unit } = openClient(url);
  await unit.setState(board, { a: 1, b: { c: [] } });
  await unit.add(money, 1.25);
  await unit.setState(note, 'text');
  await unit.unsetState(note);

  assert.deepEqual(told.map(({ key, kind, value }) => [key, kind, value]), [
    ['board', 'fields', { '/b': { c: [] } }], ['money', 'add', 1.25], ['note', 'set', 'text'],
    ['note', 'unset', undefined],
  ]);
  assert.equal(told[3].current, 'text');
});

test('beforeCommit sees what the op will meet, however long it thinks', async () => {
  // What two keys may not be together can't be said by either of them.
  const seen = [];
  const beforeCommit = async (_, { writes: [{ key, value, current }] }) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    seen.push([key, current]);
    return key === 'likes' && value + (current ?? 0) > 5 ? 'OUT_OF_RANGE' : undefined;
  };
  const { url } = await openServer({ beforeCommit });
  const clients = [1, 2, 3].map(() => openClient(url, quiet));
  const codes = await Promise.all(
    clients.flatMap(({ unit }) => Array.from({ length: 4 }, () => codeOf(unit.add(likes, 1)))),
  );

  assert.equal(codes.filter((code) => code === null).length, 5);
  assert.equal(codes.filter((code) => code === 'OUT_OF_RANGE').length, 7);
  await until(() => clients.every(({ unit }) => unit.getState(likes) === 5));
  assert.deepEqual(
    seen.filter(([key]) => key === 'likes').map(([, current]) => current ?? 0),
    [0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5],
  );
});

for (const [how, fail] of [
  ['throws', () => { throw new Error('no database'); }],
  ['rejects', () => Promise.reject(new Error('no database'))],
  ['never answers', () => new Promise(() => {})],
]) {
  for (const name of ['canWrite', 'beforeCommit']) {
    test(`a ${name} that ${how} refuses the op, and the room goes on`, async () => {
      const hook = (_, { writes }) => (writes[0].value === 'bad' ? fail() : name === 'canWrite' || undefined);
      const server = await openServer({ [name]: hook, limits: { hookMillis: 60 } });
      const [ada, bob] = [openClient(server.url, quiet), openClient(server.url, quiet)];
      await bob.unit.setState(cart, { items: {} });

      const bad = codeOf(ada.unit.setState(note, 'bad'));
      const good = [bob.unit.add(likes, 1), ada.unit.add(likes, 1)];

      assert.equal(await bad, 'HOOK_FAILED');
      await Promise.all(good);
      assert.equal(ada.unit.getState(note), '');
      assert.equal(await metricOf(server, `danji_hooks_failed_total{hook="${name}"}`), 1);
    });
  }
}

test('an answer that is none refuses the op', async () => {
  for (const answer of [1, 'yes', {}, null]) {
    const { url } = await openServer({ canWrite: () => answer });
    assert.equal(await codeOf(openClient(url, quiet).unit.add(likes, 1)), 'FORBIDDEN');
  }
  for (const answer of [false, 'NO_SUCH_CODE', 'OK', null]) {
    const { url } = await openServer({ beforeCommit: () => answer });
    assert.equal(await codeOf(openClient(url, quiet).unit.add(likes, 1)), 'HOOK_FAILED');
  }
});

test('an op is judged by who sent it, also when the connection is gone by then', async () => {
  const held = [];
  const beforeCommit = async (session) => {
    await new Promise((resolve) => held.push([session.userId, resolve]));
  };
  const { url } = await openServer({ ...users, beforeCommit });
  const ada = openUser(url, 'ada');
  const written = ada.unit.setState(note, 'from ada');
  await until(() => held.length === 1);
  ada.connection.disconnect();
  const bob = openUser(url, 'bob');
  bob.unit.getState(note);
  await untilStatus(bob, 'online');

  held[0][1]();
  await until(() => bob.unit.getState(note) === 'from ada');
  assert.equal(held[0][0], 'ada');
  ada.connection.connect();
  await written;
});

/** What was told, by the note that was written. */
function notesOf(told) {
  return told.map(({ writes }) => writes[0].value);
}

test('afterCommit hears of what was accepted, in order and where it is', async () => {
  const told = [];
  const afterCommit = (op, version) => void told.push({ ...op, version });
  const canWrite = (_, { writes }) => writes[0].value !== 'refused';
  const { url } = await openServer({ canWrite, afterCommit });
  const { unit } = openClient(url, { ...quiet, unitId: 'till' });
  const writes = ['one', 'refused', 'two'].map((text) => unit.setState(note, text));
  const [first, , second] = await Promise.allSettled(writes);
  await until(() => told.length === 2);

  assert.deepEqual(notesOf(told), ['one', 'two']);
  assert.deepEqual(told.map(({ version }) => version), [first.value.version, second.value.version]);
  assert.deepEqual(told.map(({ opId }) => opId), [first.value.opId, second.value.opId]);
  assert.equal(told[0].unitId, 'till');
});

test('an afterCommit that throws is called again with the same, and nothing overtakes it', async () => {
  const told = [];
  let failures = 0;
  const afterCommit = ({ writes: [{ value }] }) => {
    if (value === 'second' && failures++ < 1) throw new Error('no mail today');
    told.push(value);
  };
  const { url } = await openServer({ afterCommit });
  const { unit } = openClient(url);
  for (const text of ['first', 'second', 'third']) await unit.setState(note, text);
  await until(() => told.length === 3);

  assert.deepEqual(told, ['first', 'second', 'third']);
  assert.equal(failures, 2);
});

test('what nobody was told of before the server ended is told by the next', async () => {
  const store = memoryStore();
  const kept = { ...store, close: async () => {} };
  const told = [];
  let isStuck = false;
  const afterCommit = ({ writes: [{ value }] }) =>
    isStuck ? new Promise(() => {}) : void told.push(value);
  const first = await openServer({ store: kept, afterCommit });
  const ada = openClient(first.url);
  await ada.unit.setState(note, 'told');
  await until(() => told.length === 1);
  isStuck = true;
  for (const text of ['a', 'b', 'c']) await ada.unit.setState(note, text);
  await ada.manager.close();
  await first.sync.close();

  isStuck = false;
  const second = await openServer({ store: kept, afterCommit });
  await until(() => told.length >= 4);
  assert.deepEqual(told, ['told', 'a', 'b', 'c'], 'before any page came');
  await openClient(second.url).unit.setState(note, 'd');
  await until(() => told.length >= 5);
  assert.equal(told[4], 'd');
});

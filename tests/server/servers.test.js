// Several servers on one Redis keep the same spaces: whoever leads one decides, the others follow.
import assert from 'node:assert/strict';
import { redisStore } from 'danji-server';
import {
  WebSocket, cart, codeOf, likes, note, openClient, openServer, startProcess, startRedis, test, until,
  untilStatus,
} from './harness.js';
import { openSocket } from './raw.js';

/** A server in this process that takes clients: they would go on with requests where it does not. */
async function openOn(redis, { leaseMillis = 1_000, ...options } = {}) {
  const server = await openServer({ store: redisStore(redis.url, { leaseMillis }), ...options });
  await until(async () => (await fetch(`${server.http}/readyz`)).status === 200);
  return server;
}

const startOn = (redis, options = {}) => startProcess(null, { args: ['--store', redis.url], ...options });

async function see({ unit }, state, isSo) {
  unit.getState(state);
  await until(() => isSo(unit.getState(state)));
}

/** Clients of two servers; the first one leads, and both know of one like. */
async function meetAt(one, other) {
  const [ada, bob] = [openClient(one.url), openClient(other.url)];
  await ada.unit.add(likes, 1);
  await see(bob, likes, (count) => count === 1);
  return [ada, bob];
}

test('clients of two servers see each other, and all is decided once', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis), await openOn(redis)];
  const [ada, bob] = [openClient(one.url), openClient(other.url)];
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => [ada, bob][i % 2].unit.add(likes, 1)),
  );
  await see(ada, likes, (count) => count === 50);
  await see(bob, likes, (count) => count === 50);

  await bob.unit.setState(cart, { items: { tea: 1 } });
  await see(ada, cart, ({ items }) => items.tea === 1);
  await ada.unit.setState(cart, { items: { tea: 2 } });
  await see(bob, cart, ({ items }) => items.tea === 2);
});

test('a refusal of the server that decides reaches the client of the one that follows', async () => {
  const redis = await startRedis();
  const canWrite = (session, op) => op.writes.every(({ value }) => value !== 'bad');
  const authenticate = (token) => ({ userId: token, grants: [] });
  const authorize = (session) => (session.userId === 'eve' ? 'read' : 'write');
  const options = { canWrite, authenticate, authorize };
  const [one, other] = [await openOn(redis, options), await openOn(redis, options)];
  const ada = openClient(one.url, { remote: { token: 'ada' } });
  const bob = openClient(other.url, { remote: { token: 'bob' } });
  const eve = openClient(other.url, { remote: { token: 'eve' } });
  await ada.unit.setState(note, 'good');

  assert.equal(await codeOf(bob.unit.setState(note, 'bad')), 'FORBIDDEN');
  assert.equal(await codeOf(eve.unit.setState(note, 'good too')), 'FORBIDDEN');
  await bob.unit.setState(note, 'better');

  await see(ada, note, (text) => text === 'better');
});

test('when the server that decides is killed, another does, and nothing is lost or doubled', async () => {
  const redis = await startRedis();
  const [one, other] = [await startOn(redis), await startOn(redis)];
  const [ada, bob] = await meetAt(one, other);

  const added = Array.from({ length: 20 }, () => bob.unit.add(likes, 1));
  await one.kill();
  await Promise.all(added);

  assert.equal(bob.unit.getState(likes), 21);
  const eve = openClient(other.url);
  await see(eve, likes, (count) => count === 21);
});

test('a server that is asked to end gives its spaces up at once', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis, { leaseMillis: 3_600_000 }), await startOn(redis)];
  const [ada, bob] = await meetAt(one, other);
  await one.sync.close();

  // Else it would wait for the lease: an hour.
  await bob.unit.add(likes, 1);
  await see(bob, likes, (count) => count === 2);
  await ada.manager.close();
  assert.equal(await other.stop(), 0);
});

test('a server that was frozen for longer than its lease decides nothing more in its spaces', async () => {
  const redis = await startRedis();
  const [one, other] = [await startOn(redis), await startOn(redis)];
  const [ada, bob] = await meetAt(one, other);

  one.freeze();
  const late = ada.unit.add(likes, 10);
  await bob.unit.add(likes, 100);
  one.thaw();
  await late;

  await see(bob, likes, (count) => count === 111);
  await see(ada, likes, (count) => count === 111);
});

test('a Redis that is killed and comes back with its file has all that was acknowledged', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis), await openOn(redis)];
  const [ada, bob] = await meetAt(one, other);

  await redis.kill();
  const added = [ada, bob, ada, bob].map(({ unit }) => unit.add(likes, 1));
  await until(async () => (await fetch(`${one.http}/readyz`)).status === 503);
  await redis.start();
  await Promise.all(added);

  await see(ada, likes, (count) => count === 5);
  await see(bob, likes, (count) => count === 5);
  await until(async () => (await fetch(`${other.http}/readyz`)).status === 200);
});

test('a Redis that comes back empty begins new logs, and clients bring what they have', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis), await openOn(redis)];
  const [ada, bob] = [openClient(one.url), openClient(other.url)];
  await ada.unit.setState(note, 'kept');
  await see(bob, note, (text) => text === 'kept');
  const { epoch } = ada.unit.readState(note).meta.version;

  await redis.kill();
  redis.restore();
  await redis.start();
  await until(() => (ada.unit.readState(note).meta.version?.epoch ?? epoch) !== epoch);
  await untilStatus(bob, 'online');

  const eve = openClient(other.url);
  await see(eve, note, (text) => text === 'kept');
  await bob.unit.setState(note, 'goes on');
  await see(ada, note, (text) => text === 'goes on');
  await see(eve, note, (text) => text === 'goes on');
});

test('a Redis that comes back with less goes on as another log, and all agree on it', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis), await openOn(redis)];
  const [ada, bob] = [openClient(one.url), openClient(other.url)];
  await ada.unit.setState(note, 'early');
  await see(bob, note, (text) => text === 'early');
  const { epoch } = ada.unit.readState(note).meta.version;
  const copy = redis.backup();
  await ada.unit.setState(note, 'late');
  await ada.unit.setState(cart, { items: { tea: 1 } });
  await see(bob, cart, ({ items }) => items.tea === 1);

  await redis.kill();
  redis.restore(copy);
  await redis.start();
  await bob.unit.add(likes, 1);
  await until(() => (bob.unit.readState(likes).meta.version?.epoch ?? epoch) !== epoch);

  const eve = openClient(one.url);
  await see(eve, likes, (count) => count === 1);
  for (const client of [ada, bob]) {
    await see(client, likes, (count) => count === 1);
    await until(() => eve.unit.getState(note) === client.unit.getState(note));
    assert.deepEqual(client.unit.getState(cart), eve.unit.getState(cart));
  }
});

test('logs are condensed under those who follow them', async () => {
  const redis = await startRedis();
  const limits = { condenseRows: 20 };
  const [one, other] = [await openOn(redis, { limits }), await openOn(redis, { limits })];
  const [ada, bob] = [openClient(one.url), openClient(other.url)];
  for (let i = 0; i < 1_500; i += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, j) => (j % 3 === 0 ? bob : ada).unit.add(likes, 1)),
    );
  }

  await see(ada, likes, (count) => count === 1_500);
  await see(bob, likes, (count) => count === 1_500);
  const eve = openClient((await openOn(redis)).url);
  await see(eve, likes, (count) => count === 1_500);
  assert.deepEqual([...ada.errors, ...bob.errors], []);
});

test('a session is taken only from the user who used it first, at whichever server', async () => {
  const redis = await startRedis();
  const options = { authenticate: (token) => ({ userId: token, grants: [] }) };
  const [one, other] = [await openOn(redis, options), await openOn(redis, options)];
  const said = [];
  const recorder = class extends WebSocket {
    send(data, ...rest) {
      if (typeof data !== 'string') said.push(data);
      super.send(data, ...rest);
    }
  };
  const ada = openClient(one.url, { remote: { token: 'ada', WebSocket: recorder } });
  await ada.unit.setState(note, 'of ada');
  const frames = [...said];
  const push = ada.unit.setState(note, 'by eve');
  await push;
  const stolen = said.slice(frames.length);

  const bob = openClient(other.url, { remote: { token: 'bob' } });
  await see(bob, note, (text) => text === 'by eve');
  const eve = await openSocket(other.url);
  eve.say({ auth: 'eve' });
  await until(() => eve.heard.texts.length > 0);
  await until(async () => {
    for (const frame of [...frames, ...stolen]) eve.socket.send(frame);
    const text = await (await fetch(`${other.http}/metrics`)).text();
    return /danji_messages_refused{code="FORBIDDEN"} [1-9]/.test(text);
  });
  await bob.unit.setState(note, 'of bob');
  await see(ada, note, (text) => text === 'of bob');
});

test('presence and messages in rooms reach clients of other servers', async () => {
  const redis = await startRedis();
  const [one, other] = [await openOn(redis), await openOn(redis)];
  const ada = await openSocket(one.url);
  const bob = await openSocket(other.url);
  const room = 'apartment:main#here';
  for (const client of [ada, bob]) {
    client.say({ auth: null });
    await until(() => client.heard.texts.length > 0);
  }
  // Whoever says something is in the room from then on.
  await until(() => {
    bob.say({ room, data: 'bob' });
    ada.say({ room, data: 'ada' });
    return bob.heard.texts.some((text) => JSON.parse(text).data === 'ada');
  });
  await until(() => ada.heard.texts.some((text) => JSON.parse(text).data === 'bob'));
  assert.ok(!ada.heard.texts.some((text) => JSON.parse(text).data === 'ada'), 'its own words');
});

test('hooks are asked by the server that decides, with the session of the other', async () => {
  const redis = await startRedis();
  const asked = [];
  const heard = [];
  const options = {
    authenticate: (token) => ({ userId: token, grants: [], apartment: 'main' }),
    canWrite: (session) => asked.push(['canWrite', session.userId, session.apartment]) > 0,
    beforeCommit: (session) => void asked.push(['beforeCommit', session.userId]),
    afterCommit: ({ userId }, { index }) => void heard.push([userId, index]),
  };
  const one = await openOn(redis, options);
  const ada = openClient(one.url, { remote: { token: 'ada' } });
  await ada.unit.setState(note, 'of ada');
  const other = await openOn(redis, {
    ...options, canWrite: () => assert.fail('it does not lead'), afterCommit: undefined,
  });
  const bob = openClient(other.url, { remote: { token: 'bob' } });
  await bob.unit.setState(note, 'of bob');

  await until(() => heard.length === 2);
  assert.deepEqual(asked.slice(-2), [['canWrite', 'bob', 'main'], ['beforeCommit', 'bob']]);
  assert.deepEqual(heard.map(([userId]) => userId), ['ada', 'bob']);
});

test('what a server could not tell its hook of is told by the one that leads next', async () => {
  const redis = await startRedis();
  const failing = { afterCommit: () => Promise.reject(new Error('not now')) };
  const one = await openOn(redis, failing);
  const ada = openClient(one.url);
  await ada.unit.setState(note, 'first');
  await ada.unit.setState(note, 'second');
  await ada.manager.close();
  await one.sync.close();

  const heard = [];
  const other = await openOn(redis, { afterCommit: ({ writes }) => void heard.push(writes[0].value) });
  const bob = openClient(other.url);
  await bob.unit.setState(note, 'third');
  await until(() => heard.length === 3);
  assert.deepEqual(heard, ['first', 'second', 'third']);
});

test('what nobody was told of is told by a server that no client has', async () => {
  const redis = await startRedis();
  const one = await openOn(redis, { afterCommit: () => Promise.reject(new Error('not now')) });
  const ada = openClient(one.url);
  await ada.unit.setState(note, 'first');
  await ada.manager.close();

  const heard = [];
  await openOn(redis, {
    afterCommit: ({ writes }) => void heard.push(writes[0].value), limits: { idleSpaceMillis: 50 },
  });
  assert.deepEqual(heard, []);
  await one.sync.close();

  await until(() => heard.length > 0);
  assert.deepEqual(heard, ['first']);
});

// The outbox: what waits for a server, why, and how it is hurried or taken back.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { memoryStorage } from 'danji/storage';
import {
  WebSocket, atEnd, codeOf, dataFolder, defineState, likes, note, openClient, openServer,
  startProcess, test, until, untilStatus,
} from './harness.js';

const stars = defineState({
  key: 'stars', scope: 'apartment', default: 0, conflictResolution: 'sum', lifetime: 'persistent',
});
const basket = defineState({
  key: 'basket', scope: 'apartment', default: {}, lifetime: 'persistent',
});
const quiet = { onError: () => {} };

const keysOf = ({ manager }) => manager.outbox.list().map(({ keys }) => keys.join());

/** A server that refuses everything with one status. */
async function openRefusal(status) {
  const server = createServer((_, response) => response.writeHead(status).end());
  server.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `ws://127.0.0.1:${server.address().port}`;
}

test('what waits for a server is listed in order, with its author, its age and why', async () => {
  const url = await openRefusal(503);
  const before = Date.now();
  const author = openClient(url);
  author.unit.setState(note, 'first').catch(() => {});
  author.unit.batch(() => {
    author.unit.setState(note, 'second').catch(() => {});
    author.unit.add(likes, 1).catch(() => {});
  });
  await until(() => author.connection.problem !== null);

  const [first, second] = author.manager.outbox.list();
  assert.equal(author.manager.outbox.size(), 2);
  assert.deepEqual([first.keys, second.keys], [['note'], ['note', 'likes']]);
  const { space, unitId, author: who, waitsFor, attempts } = first;
  assert.deepEqual([space, unitId, who, waitsFor, attempts], [
    'server/apartment:main', 'cart', 'this-tab', 'server', 0,
  ]);
  assert.ok(first.opId.startsWith(`${author.manager.tabs.id}/server/apartment:main#`));
  assert.ok(first.since >= before && first.since <= Date.now());
  assert.equal(first.lastError, author.connection.problem);
  assert.match(first.lastError, /503|1006/);
});

test('whoever listens to the outbox hears what comes, is sent and goes', async () => {
  const server = await openServer();
  const author = openClient(server.url);
  const { outbox } = author.manager;
  const seen = [];
  const stop = outbox.subscribe(() => seen.push(outbox.list().map(({ attempts }) => attempts)));

  await author.unit.setState(note, 'here');
  assert.deepEqual(seen.at(-1), []);
  assert.ok(seen.some(([attempts]) => attempts === 0), 'it came');
  assert.ok(seen.some(([attempts]) => attempts === 1), 'it was sent');

  stop();
  const heard = seen.length;
  await author.unit.setState(note, 'there');
  assert.equal(seen.length, heard);
});

test('a retry ends the pause, also after a refusal, but not a disconnect()', async () => {
  let grants = 'none';
  const server = await openServer({
    authenticate: () => {
      if (grants === 'none') throw new Error('not yet');
      return { userId: 'ada', grants: [] };
    },
  });
  const author = openClient(server.url, { remote: { token: 'ada' } });
  author.unit.setState(note, 'patient').catch(() => {});
  await untilStatus(author, 'needs-auth');
  grants = 'all';
  await author.manager.outbox.retry();
  assert.equal(author.connection.status(), 'online');

  author.connection.disconnect();
  author.unit.setState(note, 'parted').catch(() => {});
  const over = author.manager.outbox.retry();
  assert.equal(author.connection.status(), 'offline');
  assert.equal(author.connection.problem, 'disconnect() was called');
  author.connection.connect();
  await over;
  assert.equal(author.connection.problem, null);
});

test('a retry of a manager that is closed meanwhile is CLOSED', async () => {
  const author = openClient(await openRefusal(503), quiet);
  author.unit.setState(note, 'lost').catch(() => {});
  const over = codeOf(author.manager.outbox.retry());
  await author.manager.close();
  assert.equal(await over, 'CLOSED');
});

test('what is discarded is shown no more, never counts, and holds up nothing', async () => {
  const server = await openServer();
  const author = openClient(server.url);
  await author.unit.setState(note, 'kept');
  author.connection.disconnect();
  author.unit.add(likes, 1).catch(() => {});
  const unwanted = author.unit.setState(note, 'unwanted');
  author.unit.add(likes, 10).catch(() => {});
  const { outbox } = author.manager;
  const { opId } = outbox.list()[1];
  const refused = codeOf(unwanted);

  const gone = outbox.discard(opId);
  assert.equal(author.unit.getState(note), 'kept');
  assert.deepEqual(keysOf(author), ['likes', 'likes']);
  assert.throws(() => outbox.discard(opId), { code: 'STALE' });

  author.connection.connect();
  await gone;
  assert.equal(await refused, 'DISCARDED');
  await until(() => outbox.size() === 0);
  const reader = openClient(server.url);
  await until(() => reader.unit.getState(likes) === 11);
  assert.equal(reader.unit.getState(note), 'kept');
  assert.deepEqual(author.manager.deadLetters.list(), []);
});

test('a discarded write whose promise nobody has is told to nobody', async () => {
  const server = await openServer();
  const author = openClient(server.url);
  author.connection.disconnect();
  author.unit.setState(note, 'unwanted');
  const gone = author.manager.outbox.discard(author.manager.outbox.list()[0].opId);
  author.connection.connect();
  await gone;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(author.errors, []);
});

test('what the server had accepted before stands, and the discard says so', async () => {
  const server = await openServer();
  let isDeaf = false;
  class Deaf extends WebSocket {
    set onmessage(listener) {
      super.onmessage = (event) => isDeaf || listener(event);
    }
  }
  const author = openClient(server.url, { remote: { WebSocket: Deaf } });
  const reader = openClient(server.url);
  await author.unit.setState(note, 'before');
  isDeaf = true;
  const written = author.unit.setState(note, 'sent');
  await until(() => reader.unit.getState(note) === 'sent');

  const gone = author.manager.outbox.discard(author.manager.outbox.list()[0].opId);
  assert.equal(author.unit.getState(note), 'before');
  isDeaf = false;
  author.connection.disconnect();
  author.connection.connect();

  assert.equal(await codeOf(gone), 'CONFLICT');
  assert.equal((await written).applied, 'acked');
  assert.equal(author.unit.getState(note), 'sent');
});

test('what a page left behind is discarded by the next, for good', async () => {
  const data = dataFolder();
  const storage = memoryStorage();
  const server = await startProcess(data);
  const first = openClient(server.url, { storage, ...quiet });
  await first.unit.setState(basket, { tea: 1 });
  await server.kill();
  await untilStatus(first, 'offline');
  first.unit.add(stars, 1).catch(() => {});
  await first.unit.setState(basket, { tea: 2 }, { wait: 'persisted' });
  await first.manager.close();

  const second = openClient(server.url, { storage, ...quiet });
  second.unit.getState(basket);
  await second.manager.ready;
  const { outbox } = second.manager;
  assert.deepEqual(outbox.list().map(({ keys, author }) => [keys.join(), author]), [
    ['stars', 'gone'], ['basket', 'gone'],
  ]);
  outbox.discard(outbox.list()[1].opId);
  assert.deepEqual(second.unit.getState(basket), { tea: 1 });
  await second.manager.close();

  const third = openClient(server.url, { storage, ...quiet });
  third.unit.getState(basket);
  await third.manager.ready;
  assert.deepEqual(keysOf(third), ['stars']);
  assert.deepEqual(third.unit.getState(basket), { tea: 1 });
  const again = await startProcess(data, { port: server.port });
  await until(() => third.manager.outbox.size() === 0);
  const reader = openClient(again.url);
  await until(() => reader.unit.getState(stars) === 1);
  assert.deepEqual(reader.unit.getState(basket), { tea: 1 });
});

test('a discard right after a write finds the row that is on its way to the disk', async () => {
  const url = await openRefusal(503);
  const storage = memoryStorage();
  const slow = { ...storage, commit: async (...parts) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return storage.commit(...parts);
  } };
  const first = openClient(url, { storage: slow, ...quiet });
  first.unit.getState(stars);
  await first.manager.ready;
  first.unit.add(stars, 5).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  first.manager.outbox.discard(first.manager.outbox.list()[0].opId);
  await first.manager.close();

  const second = openClient(url, { storage, ...quiet });
  second.unit.getState(stars);
  await second.manager.ready;
  assert.equal(second.unit.getState(stars), 0);
  assert.deepEqual(keysOf(second), []);
});

test('an id that is none is refused in the call', async () => {
  const { manager } = openClient(await openRefusal(503));
  for (const opId of ['', 'a', `${'0'.repeat(32)}/server/global`, undefined]) {
    assert.throws(() => manager.outbox.discard(opId), { code: 'INVALID_VALUE' });
  }
  const unknown = `${'0'.repeat(32)}/server/global#1`;
  assert.throws(() => manager.outbox.discard(unknown), { code: 'STALE' });
});

test('how long the way to the server and back takes is known while it is online', async () => {
  const server = await openServer();
  for (const remote of [{}, { WebSocket: false }]) {
    const client = openClient(server.url, { remote });
    assert.equal(client.connection.latencyMillis, null);
    client.unit.getState(note);
    await until(() => client.connection.latencyMillis !== null);
    assert.ok(client.connection.latencyMillis >= 0);
    client.connection.disconnect();
    assert.equal(client.connection.latencyMillis, null);
  }
});

// Servers that are not there, networks that let only some things through: what is written waits,
// is sent in order, and nobody storms the door.
import assert from 'node:assert/strict';
import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';
import { createStateManager } from 'danji';
import { createSyncServer, memoryStore } from 'danji-server';
import {
  atEnd, cart, likes, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';

/** A proxy before a server that counts who comes, and does to them what `mood` says. */
async function openProxy(server) {
  const proxy = { mood: 'open', upgrades: 0, requests: 0, held: null };
  const front = createServer((incoming, response) => {
    proxy.requests++;
    if (proxy.mood === 'closed') {
      response.statusCode = 503;
      return response.end();
    }
    const { method, url, headers } = incoming;
    const onward = ask(server.http + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => {
      onward.destroy();
      if (proxy.held === response) proxy.held = null;
    });
    if (url.includes('wait=')) proxy.held = response;
    return incoming.pipe(onward);
  });
  front.on('upgrade', (incoming, socket, head) => {
    proxy.upgrades++;
    socket.on('error', () => {});
    if (proxy.mood !== 'open') return socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    const onward = connect(server.port, '127.0.0.1', () => {
      const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    proxy.cut = () => [socket, onward].forEach((end) => end.destroy());
    return undefined;
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    front.close();
    front.closeAllConnections();
    proxy.cut?.();
  });
  proxy.url = `ws://127.0.0.1:${front.address().port}`;
  return proxy;
}

test('a server that answers 503 for a while is asked seldom, and gets all in order', async () => {
  const server = await openServer();
  const proxy = await openProxy(server);
  proxy.mood = 'closed';
  const author = openClient(proxy.url, {
    remote: { backoff: { baseMillis: 50, maxMillis: 100 } },
  });
  const writes = Array.from({ length: 50 }, (_, n) => author.unit.setState(note, `note ${n}`));
  const sums = Array.from({ length: 50 }, () => author.unit.add(likes, 1));
  await until(() => proxy.upgrades + proxy.requests >= 6);
  assert.equal(author.connection.status(), 'offline');
  assert.deepEqual(author.manager.pending().count, 100);
  assert.equal(author.unit.getState(note), 'note 49');

  proxy.mood = 'open';
  const receipts = await Promise.all(writes);
  await Promise.all(sums);

  const indexes = receipts.map(({ version }) => version.index);
  assert.deepEqual(indexes, [...indexes].sort((one, other) => one - other));
  const reader = openClient(server.url);
  await until(() => reader.unit.getState(likes) === 50);
  assert.equal(reader.unit.getState(note), 'note 49');
});

test('where a network lets no WebSocket through, requests carry the same', async () => {
  const server = await openServer();
  const proxy = await openProxy(server);
  proxy.mood = 'requests only';
  const author = openClient(proxy.url);
  const reader = openClient(server.url);

  await author.unit.setState(cart, { items: { tea: 3 } });
  await until(() => reader.unit.getState(cart).items.tea === 3);
  await reader.unit.setState(cart, { items: { rice: 1 } });
  await until(() => author.unit.getState(cart).items.rice === 1);

  assert.equal(author.connection.status(), 'online');
  assert.ok(proxy.upgrades >= 1 && proxy.requests > 1);
});

test('a page that went on with requests comes back to a WebSocket when they break off', async () => {
  const proxy = await openProxy(await openServer());
  proxy.mood = 'requests only';
  const { unit } = openClient(proxy.url);
  await unit.setState(note, 'through requests');
  await until(() => proxy.held !== null);
  const { upgrades } = proxy;

  proxy.mood = 'open';
  proxy.held.destroy();
  await until(() => proxy.upgrades > upgrades);

  assert.equal((await unit.setState(note, 'through a socket')).applied, 'acked');
});

test('a connection that breaks in the middle is made again, and each write arrives once', async () => {
  const server = await openServer();
  const proxy = await openProxy(server);
  const author = openClient(proxy.url);
  const reader = openClient(server.url);
  reader.unit.getState(likes);
  const additions = [];
  for (let cuts = 0; cuts < 5; cuts++) {
    await untilStatus(author, cuts === 0 ? author.connection.status() : 'online');
    for (let i = 0; i < 20; i++) additions.push(author.unit.add(likes, 1));
    await additions.at(-20);
    proxy.cut();
  }
  await Promise.all(additions);

  await until(() => reader.unit.getState(likes) === 100);
  assert.equal(author.unit.getState(likes), 100);
});

test('a server that is started later is found', async () => {
  const first = await openServer();
  const { port } = first;
  await first.sync.close();
  first.server.close();
  first.server.closeAllConnections();
  const early = openClient(`ws://127.0.0.1:${port}`);
  const written = early.unit.setState(note, 'early');
  await untilStatus(early, 'offline');

  const server = createServer();
  const sync = createSyncServer({ store: memoryStore(), logger: false });
  server.on('request', sync.handleRequest);
  server.on('upgrade', sync.handleUpgrade);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  atEnd(async () => {
    await sync.close();
    server.close();
    server.closeAllConnections();
  });

  assert.equal((await written).applied, 'acked');
});

test('an address that is none is refused in the call', async () => {
  for (const remote of [
    { url: '/sync' }, { url: 'ftp://example.com' }, { url: 'wss://example.com/?a' }, { url: 7 },
    { url: 'wss://example.com', token: 7 },
    { url: 'wss://example.com', backoff: { baseMillis: 0 } },
  ]) {
    assert.throws(() => openClient(remote.url, { remote }), { code: 'INVALID_VALUE' });
  }
});

test('a page without a server is offline, and nothing changes that', async () => {
  const manager = createStateManager();
  manager.connection.connect();

  assert.equal(manager.connection.status(), 'offline');
  await manager.close();
});

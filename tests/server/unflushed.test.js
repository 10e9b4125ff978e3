// A disk that writes late: what it has not flushed is gone when the power fails, and nobody was told
// of it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createSyncServer, memoryStore } from 'danji-server';
import { atEnd, likes, note, openClient, test, until, untilStatus } from './harness.js';

/** A store that flushes when it is told to, or after chance has waited a little. */
function lateStore(flushed, { isHeld = false } = {}) {
  const store = { isHeld, waiting: [], isOff: false };
  return Object.assign(store, {
    read: flushed.read,
    cut: flushed.cut,
    close: async () => {},
    append: (rows) =>
      new Promise((resolve, reject) => {
        const flush = () => {
          if (!store.isOff) flushed.append(rows).then(resolve, reject);
        };
        store.waiting.push(flush);
        if (!store.isHeld) setTimeout(flush, Math.random() * 20);
      }),
    release() {
      store.isHeld = false;
      for (const flush of store.waiting.splice(0)) flush();
    },
    /** From now on nothing gets there any more. */
    powerFails: () => (store.isOff = true),
  });
}

/** A server that can be taken away as a power failure does it: without a word to anybody. */
async function startServer(store, port = 0) {
  const sync = createSyncServer({ store, logger: false });
  const server = createServer((request, response) => sync.handleRequest(request, response));
  const sockets = new Set();
  server.on('upgrade', sync.handleUpgrade);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = `127.0.0.1:${server.address().port}`;
  const fail = async () => {
    store.powerFails();
    const over = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await over;
  };
  atEnd(fail);
  return { port: server.address().port, url: `ws://${address}`, http: `http://${address}`, fail };
}

test('a power failure takes what was not flushed, and nobody had been told of it', async () => {
  const flushed = memoryStore();
  let server = await startServer(lateStore(flushed));
  const { port } = server;
  const [author, reader] = [openClient(server.url), openClient(server.url)];
  reader.unit.getState(likes);
  let acknowledged = 0;
  const additions = [];
  for (let failures = 0; failures < 6; failures++) {
    const before = acknowledged;
    const writing = (async () => {
      for (let i = 0; i < 30; i++) {
        additions.push(author.unit.add(likes, 1).then(() => acknowledged++));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await until(() => acknowledged > before);
    await server.fail();
    const told = Math.max(acknowledged, reader.unit.getState(likes));
    server = await startServer(lateStore(flushed), port);
    const witness = openClient(server.url);
    await until(() => !witness.unit.readState(likes).meta.loading);
    assert.ok(witness.unit.getState(likes) >= told, `${witness.unit.getState(likes)} of ${told}`);
    await witness.manager.close();
    await writing;
  }
  await Promise.all(additions);

  await until(() => reader.unit.getState(likes) === 180);
  assert.equal(author.unit.getState(likes), 180, 'each arrived once');
});

test('while a flush is held back not one frame leaves, for nobody', async () => {
  const store = lateStore(memoryStore());
  const { url, http } = await startServer(store);
  const framesSent = async () => {
    const metrics = await (await fetch(`${http}/metrics`)).text();
    return Number(/^danji_frames_sent_total (\d+)$/m.exec(metrics)[1]);
  };
  const [author, reader] = [openClient(url), openClient(url)];
  await author.unit.setState(note, 'before');
  await until(() => reader.unit.getState(note) === 'before');
  await untilStatus(reader, 'online');
  const before = await framesSent();

  store.waiting.length = 0;
  store.isHeld = true;
  const written = [author.unit.setState(note, 'after'), reader.unit.add(likes, 1)];
  await until(() => store.waiting.length > 0);
  const late = openClient(url);
  late.unit.getState(note);
  // Long enough for whatever would be said too early.
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(await framesSent(), before);

  store.release();
  await Promise.all(written);
  await until(() => late.unit.getState(note) === 'after' && author.unit.getState(likes) === 1);
  assert.ok((await framesSent()) > before);
});

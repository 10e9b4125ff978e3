// Durable means durable: what was acknowledged is there after the server died, and nothing is said
// of what the disk does not have.
import assert from 'node:assert/strict';
import { memoryStore } from 'danji-server';
import {
  cart, dataFolder, likes, note, openClient, openServer, startProcess, test, until, untilStatus,
} from './harness.js';

test('a server that is killed at any moment loses no acknowledged write', async () => {
  const data = dataFolder();
  let server = await startProcess(data);
  const { port } = server;
  const author = openClient(server.url);
  let acknowledged = 0;
  const additions = [];
  const burst = async () => {
    for (let i = 0; i < 30; i++) {
      additions.push(author.unit.add(likes, 1).then(() => acknowledged++));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  for (let kills = 0; kills < 4; kills++) {
    const before = acknowledged;
    const writing = burst();
    await until(() => acknowledged > before);
    await server.kill();
    const kept = acknowledged;
    server = await startProcess(data, { port });
    const witness = openClient(server.url);
    witness.unit.getState(likes);
    await until(() => !witness.unit.readState(likes).meta.loading);
    assert.ok(witness.unit.getState(likes) >= kept, `${witness.unit.getState(likes)} of ${kept}`);
    await witness.manager.close();
    await writing;
  }
  await Promise.all(additions);

  assert.equal(author.unit.getState(likes), 120, 'each arrived once');
});

test('while the store has not written, nobody hears of a decision', async () => {
  const kept = memoryStore();
  let isHeld = false;
  const waiting = [];
  const store = {
    ...kept,
    append: async (rows) => {
      if (isHeld) await new Promise((resolve) => waiting.push(resolve));
      return kept.append(rows);
    },
  };
  const { url } = await openServer({ store });
  const author = openClient(url);
  const reader = openClient(url);
  await author.unit.setState(note, 'before');
  reader.unit.getState(note);
  await until(() => reader.unit.getState(note) === 'before');

  isHeld = true;
  let isAcknowledged = false;
  const written = author.unit.setState(note, 'after').then(() => (isAcknowledged = true));
  await until(() => waiting.length === 1);
  const late = openClient(url);
  late.unit.getState(note);
  // Long enough for whatever would be said too early.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(isAcknowledged, false);
  assert.equal(reader.unit.getState(note), 'before');
  assert.equal(late.unit.getState(note), '', 'a welcome would tell of it too');

  isHeld = false;
  for (const resolve of waiting.splice(0)) resolve();
  await written;
  await until(() => reader.unit.getState(note) === 'after' && late.unit.getState(note) === 'after');
});

test('a store that fails stops the server, and what it had is all that is told later', async () => {
  const kept = memoryStore();
  let isBroken = false;
  const store = {
    ...kept,
    append: (rows) => (isBroken ? Promise.reject(new Error('no space left')) : kept.append(rows)),
  };
  const failures = [];
  const { url, http } = await openServer({ store, onFailure: (error) => failures.push(error) });
  const author = openClient(url);
  await author.unit.setState(note, 'kept');

  isBroken = true;
  const lost = author.unit.setState(note, 'not kept');
  await until(() => failures.length === 1);
  assert.equal((await fetch(`${http}/readyz`)).status, 503);
  await until(() => author.connection.status() === 'offline');
  assert.equal(author.unit.readState(note).meta.pending, 1, 'it waits for a server that can');

  isBroken = false;
  const next = await openServer({ store: kept });
  const reader = openClient(next.url);
  reader.unit.getState(note);
  await until(() => reader.unit.getState(note) === 'kept');
  lost.catch(() => {});
});

test('a server that is asked to end makes durable what it had, and says goodbye', async () => {
  const data = dataFolder();
  const server = await startProcess(data);
  const author = openClient(server.url);
  await author.unit.setState(cart, { items: { tea: 2 } });
  assert.equal(await server.stop(), 0);

  const again = await startProcess(data, { port: server.port });
  await untilStatus(author, 'online');
  const reader = openClient(again.url);
  reader.unit.getState(cart);
  await until(() => reader.unit.getState(cart).items.tea === 2);
});

test('two servers on one folder do not overwrite each other: one of them ends', async () => {
  const data = dataFolder();
  const one = await startProcess(data);
  const other = await startProcess(data);
  const first = openClient(one.url);
  const second = openClient(other.url);
  first.unit.getState(likes);
  second.unit.getState(likes);
  await untilStatus(first, 'online');
  await untilStatus(second, 'online');

  await first.unit.add(likes, 1);
  second.unit.add(likes, 1).catch(() => {});
  await until(() => second.connection.status() === 'offline');

  assert.equal(first.connection.status(), 'online');
  assert.equal(first.unit.getState(likes), 1);
});

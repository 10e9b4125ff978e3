// Servers that run for long: logs that are condensed, spaces that are let go and brought back, users
// who have to show their token again.
import assert from 'node:assert/strict';
import { lmdbStore, memoryStore } from 'danji-server';
import {
  cart, dataFolder, defineState, likes, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';

const space = 'server/apartment:main';

async function rowsOf(store, address = space) {
  const rows = [];
  for await (const piece of store.read(address)) rows.push(...piece);
  return rows;
}

/** A store that outlives the servers that are given it. */
const lasting = (store) => ({ ...store, close: async () => {} });

async function endOf(server) {
  await server.sync.close();
  server.server.close();
  server.server.closeAllConnections();
}

test('a log is condensed when it has outgrown what it comes to, and loses nothing', async () => {
  const store = lasting(lmdbStore(dataFolder()));
  const limits = { condenseRows: 40 };
  const first = await openServer({ store, limits });
  const author = openClient(first.url);
  await author.unit.setState(cart, { items: { tea: 1 } });
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 10 }, () => author.unit.add(likes, 1)));
  }
  await first.sync.drain();
  const { length } = await rowsOf(store);
  assert.ok(length < 100, `${length} rows of 301`);
  await endOf(first);

  const second = await openServer({ store, limits });
  const late = openClient(second.url);
  await until(() => late.unit.getState(likes) === 300);
  assert.deepEqual(late.unit.getState(cart), { items: { tea: 1 } });
  await author.manager.close();
  await late.unit.add(likes, 1);
  await endOf(second);
  const third = await openServer({ store, limits });
  const last = openClient(third.url);
  await until(() => last.unit.getState(likes) === 301);
});

test('a page that was away while the log was condensed goes on, and its writes count once', async () => {
  const store = lasting(memoryStore());
  const limits = { condenseRows: 20 };
  let server = await openServer({ store, limits });
  const away = openClient(server.url);
  await away.unit.add(likes, 1);
  away.connection.disconnect();
  const written = Array.from({ length: 5 }, () => away.unit.add(likes, 1));
  const author = openClient(server.url);
  for (let n = 0; n < 60; n++) await author.unit.add(likes, 100);
  assert.ok((await rowsOf(store)).length < 40);
  away.connection.connect();
  await Promise.all(written);
  await until(() => author.unit.getState(likes) === 6006 && away.unit.getState(likes) === 6006);
  await endOf(server);

  server = await openServer({ store, limits });
  const witness = openClient(server.url);
  await until(() => witness.unit.getState(likes) === 6006);
});

test('a store that can not condense keeps every row', async () => {
  const { condense, ...store } = memoryStore();
  assert.equal(typeof condense, 'function');
  const { url } = await openServer({ store, limits: { condenseRows: 5 } });
  const { unit } = openClient(url);
  for (let n = 0; n < 30; n++) await unit.add(likes, 1);

  assert.equal((await rowsOf(store)).length, 30);
});

const spacesIn = async ({ http }) => {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  return Number(/^danji_spaces (\d+)$/m.exec(metrics)[1]);
};

test('a space leaves the memory when nobody uses it, and comes back as it was', async () => {
  const server = await openServer({ limits: { idleSpaceMillis: 20 } });
  for (let visit = 1; visit <= 3; visit++) {
    const visitor = openClient(server.url);
    await visitor.unit.add(likes, 1);
    await until(() => visitor.unit.getState(likes) === visit);
    // Long enough for a look at it and another.
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.equal(await spacesIn(server), 1, 'somebody is here');
    await visitor.manager.close();
    await until(async () => (await spacesIn(server)) === 0);
  }
});

test('no write is lost on a space that is let go all the time', async () => {
  const store = lasting(lmdbStore(dataFolder()));
  const limits = { idleSpaceMillis: 1, condenseRows: 15 };
  const rooms = ['north', 'south', 'east'];
  const server = await openServer({ store, limits });
  const counts = new Map(rooms.map((room) => [room, 0]));
  const visit = async (n) => {
    const apartment = rooms[n % rooms.length];
    const { manager } = openClient(server.url);
    const unit = manager.createUnitStateStore('guest', { apartment });
    await Promise.all(Array.from({ length: 1 + (n % 4) }, async () => {
      await unit.add(likes, 1);
      counts.set(apartment, counts.get(apartment) + 1);
    }));
    await manager.close();
  };
  for (let n = 0; n < 60; n += 2) {
    await Promise.all([visit(n), visit(n + 1)]);
    await new Promise((resolve) => setTimeout(resolve, n % 7));
  }
  await endOf(server);

  const again = await openServer({ store });
  const { manager } = openClient(again.url);
  for (const apartment of rooms) {
    const unit = manager.createUnitStateStore(`look-${apartment}`, { apartment });
    await until(() => unit.getState(likes) === counts.get(apartment));
  }
});

test('users show their token again and again, and the connection stays', async () => {
  const shown = [];
  let isLocked = false;
  const authenticate = (token) => {
    shown.push(token);
    if (isLocked) throw new Error('locked out');
    return { userId: 'ada' };
  };
  const server = await openServer({ authenticate, reauthenticateEveryMs: 40 });
  let tokens = 0;
  for (const WebSocket of [undefined, false]) {
    shown.length = 0;
    const remote = { token: () => `token ${++tokens}`, ...(WebSocket === false ? { WebSocket } : {}) };
    const { manager, unit, connection } = openClient(server.url, { remote });
    const states = [];
    await unit.setState(note, 'hello');
    connection.subscribe((status) => states.push(status));
    await until(() => shown.length >= 4);
    await unit.setState(note, 'still here');

    assert.deepEqual(states, []);
    assert.ok(new Set(shown).size > 1, 'the page fetches another');
    await manager.close();
  }

  const locked = openClient(server.url, { remote: { token: 'the same' } });
  await locked.unit.setState(note, 'in');
  isLocked = true;
  await untilStatus(locked, 'needs-auth');
});

test('a value of which a definition is known only from the log is read again', async () => {
  const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });
  const server = await openServer({ limits: { idleSpaceMillis: 10 } });
  const first = openClient(server.url);
  await first.unit.setState(theme, 'dark');
  await first.manager.close();
  await until(async () => (await spacesIn(server)) === 0);

  const second = openClient(server.url);
  await until(() => second.unit.getState(theme) === 'dark');
});

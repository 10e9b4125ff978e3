// Spaces that a server drops while it is about to do something with them: it must not get stuck
// between having them and not.
import assert from 'node:assert/strict';
import { redisStore } from 'danji-server';
import { note, openClient, openServer, startRedis, test, until, untilStatus } from './harness.js';

/** A server, what happens once while its store is asked something, and how often it is asked. */
async function openWith(meanwhile, { url, ...options }) {
  const asked = {};
  const store = redisStore(url, { leaseMillis: 60_000 });
  let listener = null;
  const listen = (given) => {
    listener = given;
    store.shared.listen(given);
  };
  let isNext = true;
  const shared = new Proxy(store.shared, {
    get: (logs, name) => {
      if (name === 'listen') return listen;
      if (typeof logs[name] !== 'function') return logs[name];
      return async (...words) => {
        asked[name] = (asked[name] ?? 0) + 1;
        const answer = logs[name](...words);
        if (isNext && meanwhile[name] !== undefined) {
          isNext = false;
          await meanwhile[name](() => listener.back(false));
        }
        return answer;
      };
    },
  });
  return { ...await openServer({ store: { ...store, shared }, ...options }), asked };
}

test('a space that is dropped while it is read is read again', async () => {
  const redis = await startRedis();
  const before = await openServer({ store: redisStore(redis.url) });
  await openClient(before.url).unit.setState(note, 'there');
  const server = await openWith({ readOn: (drop) => drop() }, redis);
  const { unit } = openClient(server.url);
  unit.getState(note);
  await until(() => unit.getState(note) === 'there');

  assert.equal(server.asked.join, 2);
  assert.equal((await unit.setState(note, 'here')).applied, 'acked');
});

test('a lead that comes when the space was dropped and read again is given up', async () => {
  const clients = [];
  const lead = async (drop) => {
    drop();
    await untilStatus(clients[0], 'offline');
    await untilStatus(clients[0], 'online');
  };
  const { url } = await openWith({ lead }, await startRedis());
  clients.push(openClient(url));

  assert.equal((await clients[0].unit.setState(note, 'here')).applied, 'acked');
});

test('who can not be told apart disturbs nobody who uses the space', async () => {
  const { url } = await startRedis();
  const server = await openWith({}, {
    url,
    authenticate: (token) => ({ userId: token }),
    authorize: ({ userId }) => (userId === 'ada' ? 'write' : Promise.reject(new Error('who?'))),
  });
  const ada = openClient(server.url, { remote: { token: 'ada' } });
  await ada.unit.setState(note, 'here');
  const seen = [];
  ada.connection.subscribe((status) => seen.push(status));

  const eve = openClient(server.url, { remote: { token: 'eve' } });
  eve.unit.getState(note);
  await until(() => eve.errors.length > 0 || eve.connection.status() === 'online');
  await ada.unit.setState(note, 'still here');

  assert.deepEqual(seen, []);
});

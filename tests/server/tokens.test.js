// Who may come in, as whom, and what each of them may do.
import assert from 'node:assert/strict';
import { jwtAuthentication, lmdbStore } from 'danji-server';
import { SignJWT } from 'jose';
import {
  cart, codeOf, dataFolder, defineState, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';

/** Tokens are names here: `ada`, or `ada+role:staff`. */
async function authenticate(token) {
  if (token === null || token.startsWith('nobody')) throw new Error('nobody');
  const [userId, ...grants] = token.split('+');
  return { userId, grants };
}

const withToken = (token) => ({ remote: { token } });

test('without a token, or with a wrong one, a server that wants one tells nothing', async () => {
  const { url } = await openServer({ authenticate });
  for (const remote of [{}, { token: 'nobody' }, { WebSocket: false }]) {
    const stranger = openClient(url, { remote });
    stranger.unit.getState(note);

    await untilStatus(stranger, 'needs-auth');

    assert.equal(stranger.unit.readState(note).meta.loading, true);
  }
});

test('a token that is fetched anew is tried again, and the writes are still there', async () => {
  const { url } = await openServer({ authenticate });
  let asked = 0;
  const token = async () => (asked++ === 0 ? 'nobody' : 'ada');
  const late = openClient(url, withToken(token));
  const seen = [];
  late.connection.subscribe((status) => seen.push(status));

  await late.unit.setState(note, 'waited');
  await untilStatus(late, 'online');

  assert.deepEqual(seen.filter((status) => status !== 'connecting'), ['needs-auth', 'online']);
  assert.equal(asked, 2);
});

test('a function for the token that fails is told, and asked again', async () => {
  const { url } = await openServer({ authenticate });
  let asked = 0;
  const token = () => {
    if (asked++ === 0) throw new Error('the login server sleeps');
    return 'ada';
  };
  const { unit, errors } = openClient(url, withToken(token));

  await unit.setState(note, 'after all');

  assert.deepEqual(errors.map(({ code }) => code), ['CONNECTION']);
});

test('T4: a token that expires is renewed, and the connection stays', async () => {
  let tokens = 0;
  const { url, http } = await openServer({
    authenticate: async (token) => ({ userId: token, expiresAt: Date.now() + 100 }),
  });
  for (const WebSocketOrNot of [undefined, false]) {
    const remote = { token: () => (tokens++, 'ada') };
    if (WebSocketOrNot === false) remote.WebSocket = false;
    const { unit, connection } = openClient(url, { remote });
    await unit.setState(note, 'before');
    const seen = [];
    connection.subscribe((status) => seen.push(status));
    const before = tokens;

    await until(() => tokens > before + 1);
    await unit.setState(note, 'after');

    assert.deepEqual(seen, []);
  }
  assert.match(await (await fetch(`${http}/metrics`)).text(), /danji_auth_failed_total 0/);
});

test('grants come from the token, whatever the page says of itself', async () => {
  const price = defineState({
    key: 'price', scope: 'apartment', default: 1, permissions: { write: ['role:staff'] },
  });
  const { url } = await openServer({ authenticate });
  const staff = openClient(url, withToken('ada+role:staff'));
  const guest = openClient(url, withToken('eve'));
  const claims = (client) =>
    client.manager.createUnitStateStore('till', { grants: ['role:staff'] });

  await claims(staff).setState(price, 2);
  assert.equal(await codeOf(claims(guest).setState(price, 3)), 'FORBIDDEN');
  await until(() => guest.unit.getState(price) === 2);
});

test('T5: who may only read sees everything, and his writes are refused', async () => {
  const authorize = ({ userId }) => (userId === 'ada' ? 'write' : 'read');
  const { url } = await openServer({ authenticate, authorize });
  const author = openClient(url, withToken('ada'));
  const reader = openClient(url, withToken('eve'));

  await author.unit.setState(note, 'hello');
  await until(() => reader.unit.getState(note) === 'hello');
  assert.equal(await codeOf(reader.unit.setState(note, 'bye')), 'FORBIDDEN');

  assert.equal(reader.unit.getState(note), 'hello');
  assert.equal(author.unit.getState(note), 'hello');
});

test('T6: a room that somebody may not read is told him once, and stays empty', async () => {
  const authorize = ({ userId }) => (userId === 'ada' ? 'write' : 'none');
  const { url } = await openServer({ authenticate, authorize });
  const author = openClient(url, withToken('ada'));
  await author.unit.setState(note, 'secret');
  for (const remote of [{ token: 'eve' }, { token: 'eve', WebSocket: false }]) {
    const stranger = openClient(url, { remote });
    stranger.unit.getState(note);

    await until(() => stranger.errors.length > 0);
    await untilStatus(stranger, 'online');

    assert.deepEqual(stranger.errors.map(({ code }) => code), ['FORBIDDEN']);
    assert.equal(stranger.unit.getState(note), '');
  }
});

test('without a rule of its own, a user with an apartment sees no other', async () => {
  const { url } = await openServer({
    authenticate: (token) => ({ userId: token, apartment: token }),
  });
  const north = openClient(url, withToken('north'));
  const at = (apartment) => north.manager.createUnitStateStore(apartment, { apartment });

  await at('north').setState(note, 'ours');
  at('south').getState(note);
  await until(() => north.errors.length > 0);

  assert.match(north.errors[0].message, /server\/apartment:south/);
});

test('a server with users that is started again knows whose sessions were used before', async () => {
  const store = dataFolder();
  const first = await openServer({ store, authenticate });
  const ada = openClient(first.url, withToken('ada'));
  await ada.unit.setState(note, 'before');
  await ada.manager.close();
  await first.sync.close();

  const second = await openServer({ store, authenticate });
  const eve = openClient(second.url, withToken('eve'));
  await eve.unit.setState(note, 'after');
  await eve.manager.close();
  await second.sync.close();

  // Of each session one row, in one order: what lmdb-store.ts would refuse otherwise.
  const kept = lmdbStore(store);
  const owners = [...kept.read('owners')].flat();
  await kept.close();
  const users = owners.map((row) => Buffer.from(row.subarray(17)).toString());
  assert.deepEqual(users, ['ada', 'eve']);
});

test('JSON Web Tokens: signed, not expired, with a user', async () => {
  const secret = 'a secret that is long enough for this';
  const { url } = await openServer({ authenticate: jwtAuthentication({ secret }) });
  const sign = (claims, key = secret, expires = '5m') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(key));
  const good = openClient(url, withToken(await sign({ sub: 'ada', grants: 'role:staff' })));
  await good.unit.setState(cart, { items: { tea: 1 } });

  const bad = [
    await sign({ sub: 'ada' }, 'another secret that is long enough too'),
    await sign({ sub: 'ada' }, secret, Math.floor(Date.now() / 1000) - 60),
    await sign({ grants: ['role:staff'] }),
    await sign({ sub: 'ada', grants: [7] }),
    await sign({ sub: 'ada', grants: 'no grant' }),
    `${(await sign({ sub: 'ada' })).split('.').slice(0, 2).join('.')}.`,
    'nonsense',
  ];
  for (const token of bad) {
    const stranger = openClient(url, withToken(token));
    stranger.unit.getState(cart);
    await untilStatus(stranger, 'needs-auth');
  }
  assert.throws(() => jwtAuthentication({ secret: 'short' }), /32 bytes/);
  assert.throws(() => jwtAuthentication({}), /give one/);
});

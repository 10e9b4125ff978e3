// What strangers send: nothing of it may harm the server or anybody else.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  WebSocket, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';
import { openSocket, refusalOf } from './raw.js';

const authenticate = async (token) => {
  if (token !== 'ada') throw new Error('nobody');
  return { userId: 'ada' };
};

async function metricOf({ http }, name) {
  const text = await (await fetch(`${http}/metrics`)).text();
  const values = text.split('\n').filter((line) => line.startsWith(name));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('T1: a page of another origin is refused before anything is said', async () => {
  const server = await openServer({ authenticate, origins: ['https://shop.example'] });
  const from = (origin) => refusalOf(`${server.url}/v1/sync`, { origin });

  assert.equal(await from('https://evil.example'), 403);
  assert.equal(await from('https://shop.example.evil.example'), 403);
  assert.equal(await from('http://shop.example'), 403);
  assert.equal(await from('null'), 403);
  assert.equal(await from('https://shop.example'), 101);
  assert.equal(await from(`http://127.0.0.1:${server.port}`), 101, 'its own host');
  assert.equal(await metricOf(server, 'danji_origin_rejected_total'), 4);
});

test('T1: requests of another origin are refused too, and get nothing to read', async () => {
  const { http } = await openServer({ authenticate, origins: ['https://shop.example'] });
  const ask = (origin, method = 'POST') =>
    fetch(`${http}/v1/sync?connection=${'0'.repeat(32)}&begin=1`, { method, headers: { origin } });

  const refused = await ask('https://evil.example');
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
  const asked = await ask('https://shop.example', 'OPTIONS');
  assert.equal(asked.headers.get('access-control-allow-origin'), 'https://shop.example');
  assert.equal((await ask('https://shop.example')).status, 401);
  assert.equal((await ask('https://shop.example', 'PUT')).status, 405);
});

test('in development mode only pages of this machine may connect', async () => {
  const { url } = await openServer();

  assert.equal(await refusalOf(`${url}/v1/sync`, { origin: 'http://localhost:4173' }), 101);
  assert.equal(await refusalOf(`${url}/v1/sync`, { origin: 'https://evil.example' }), 403);
  const rebound = { origin: 'http://evil.example', headers: { host: 'evil.example' } };
  assert.equal(await refusalOf(`${url}/v1/sync`, rebound), 403);
  assert.equal(await refusalOf(`${url}/elsewhere`), 404);
});

test('T2: before it has said who it is, a socket is listened to once', async () => {
  const { url } = await openServer({ authenticate });
  const firstWords = [
    Buffer.from('DNJ1 and more'),
    'no JSON',
    '{"ping":true}',
    'null',
    JSON.stringify({ auth: 7 }),
    JSON.stringify({ auth: 'x'.repeat(20_000) }),
    JSON.stringify({ auth: 'x'.repeat(40_000) }),
  ];
  for (const words of firstWords) {
    const { socket, heard } = await openSocket(url);
    socket.send(words);

    await until(() => heard.code !== null);

    assert.equal(heard.code, 4401, String(words).slice(0, 20));
    assert.deepEqual([...heard.texts, ...heard.frames], []);
  }
});

test('T2: nothing may follow the first words before they were answered', async () => {
  const { url } = await openServer({ authenticate });
  const { socket, heard, say } = await openSocket(url);
  say({ auth: 'ada' });
  socket.send(Buffer.from('DNJ1'));

  await until(() => heard.code !== null);

  assert.equal(heard.code, 4401);
});

test('T2: who connects and says nothing is not kept', async () => {
  const { url } = await openServer({ authenticate });
  const { heard } = await openSocket(url);

  await until(() => heard.code !== null);

  assert.equal(heard.code, 4401);
  assert.deepEqual([...heard.texts, ...heard.frames], []);
});

test('T10: garbage changes nothing but a count, and others go on', async () => {
  const server = await openServer();
  const { unit } = openClient(server.url);
  await unit.setState(note, 'here');
  const { socket, heard, say } = await openSocket(server.url);
  say({ auth: null });
  await until(() => heard.texts.length === 1);

  const lies = Buffer.from('DNJ1\x01\0\x01\0\xff\xff\xff\x7f', 'latin1');
  const frames = [Buffer.alloc(0), lies, ...Array.from({ length: 200 }, () => randomBytes(64))];
  for (const frame of frames) socket.send(frame);
  say({ ping: true });
  await until(() => heard.texts.length === 2);

  assert.deepEqual(heard.texts.map((text) => JSON.parse(text)), [{ ready: true }, { pong: true }]);
  assert.equal(await metricOf(server, 'danji_messages_refused'), frames.length);
  await unit.setState(note, 'still here');
});

test('garbage in a request changes nothing either', async () => {
  const server = await openServer();
  const { unit } = openClient(server.url);
  await unit.setState(note, 'here');
  const ask = (connection, body, more = '&begin=1') =>
    fetch(`${server.http}/v1/sync?connection=${connection}${more}`, { method: 'POST', body });

  assert.equal((await ask('short', '')).status, 400);
  assert.equal((await ask('a'.repeat(32), randomBytes(1000))).status, 200);
  assert.equal((await ask('a'.repeat(32), Buffer.from('DNJ1'))).status, 200);
  assert.equal((await ask('b'.repeat(32), Buffer.alloc(5_000_000))).status, 413);
  assert.equal((await ask('c'.repeat(32), '', '')).status, 410, 'it never began');

  await unit.setState(note, 'still here');
});

test('T11: a message that is too large ends its connection only', async () => {
  const { url } = await openServer();
  const { unit } = openClient(url);
  const { socket, heard, say } = await openSocket(url);
  say({ auth: null });
  await until(() => heard.texts.length === 1);

  socket.send(Buffer.alloc(2_000_000));
  await until(() => heard.code !== null);

  assert.equal(heard.code, 1009);
  await unit.setState(note, 'here');
});

/** A frame of the type `part`; its checksum is wrong, which is the core's business. */
function part({ sender, message, place, count, bytes = 10 }) {
  const body = Buffer.alloc(22 + bytes);
  body.fill(sender, 0, 16);
  body.writeUInt32LE(message, 16);
  body[20] = place;
  body[21] = count;
  const head = Buffer.from('DNJ1\x01\0\x0b\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 8);
  return Buffer.concat([head, body, Buffer.alloc(4)]);
}

test('T11: messages in parts come one at a time, and not without end', async () => {
  const { url } = await openServer({ limits: { maxPartsBytes: 500_000 } });
  const first = { sender: 1, message: 1, place: 0, count: 3 };
  const wholeOnes = [
    [first, { ...first, place: 1 }, { ...first, place: 2 }, { ...first, message: 2 }],
    [{ ...first, count: 1 }, { ...first, sender: 2, count: 1 }],
  ];
  const brokenOnes = [
    [first, { ...first, sender: 2 }],
    [first, { ...first, message: 2 }],
    [first, { ...first, place: 2 }],
    [{ ...first, place: 1 }],
    [first, { ...first, place: 1, bytes: 300_000 }, { ...first, place: 2, bytes: 300_000 }],
  ];
  for (const [parts, code] of [
    ...wholeOnes.map((parts) => [parts, null]), ...brokenOnes.map((parts) => [parts, 1009]),
  ]) {
    const { socket, heard, say } = await openSocket(url);
    say({ auth: null });
    await until(() => heard.texts.length === 1);
    for (const one of parts) socket.send(part(one));
    say({ ping: true });

    await until(() => heard.code !== null || heard.texts.length === 2);

    assert.equal(heard.code, code, JSON.stringify(parts));
  }
});

test('a write of any size that is allowed arrives, in parts where it has to', async () => {
  const { url } = await openServer();
  const author = openClient(url);
  const reader = openClient(url, { remote: { WebSocket: false } });
  reader.unit.getState(note);
  const states = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((key) =>
    author.unit.register({ key, scope: 'apartment', default: '' }));

  const written = states.map((state) => author.unit.setState(state, 'x'.repeat(250_000)));
  await Promise.all(written);

  const last = reader.unit.register(states.at(-1));
  await until(() => reader.unit.getState(last).length === 250_000);
});

test('T24: a user may have so many connections, and the others wait', async () => {
  const { url } = await openServer({ authenticate, limits: { maxConnectionsPerUser: 2 } });
  const devices = [1, 2, 3].map(() => openClient(url, { remote: { token: 'ada' } }));
  for (const { unit } of devices) unit.getState(note);

  await until(() => devices.filter(({ connection }) => connection.status() === 'online').length === 2);
  const inside = devices.filter(({ connection }) => connection.status() === 'online');
  const outside = devices.find(({ connection }) => connection.status() !== 'online');
  await inside[0].manager.close();

  await untilStatus(outside, 'online');
});

test('T24: a connection may have so many rooms', async () => {
  const { url } = await openServer({ limits: { maxRoomsPerConnection: 2 } });
  const { manager, errors } = openClient(url);
  for (const apartment of ['one', 'two', 'three']) {
    manager.createUnitStateStore(apartment, { apartment }).getState(note);
  }

  await until(() => errors.length > 0);

  assert.match(errors[0].message, /server\/apartment:three/);
});

test('T24: who writes too fast has to wait, and loses nothing', async () => {
  const server = await openServer({ limits: { opsPerSecond: 200, burst: 20 } });
  for (const remote of [{}, { WebSocket: false }]) {
    const { unit } = openClient(server.url, { remote });

    await Promise.all(Array.from({ length: 60 }, (_, n) => unit.setState(note, `note ${n}`)));

    assert.equal(unit.getState(note), 'note 59');
  }
  assert.ok((await metricOf(server, 'danji_rate_limited_total')) > 0);
});

test('T12: who reads too slowly is sent away, and others are served', async () => {
  const server = await openServer({ limits: { slowConsumerBytes: 100_000 } });
  const author = openClient(server.url);
  let own;
  const codes = [];
  class Paused extends WebSocket {
    constructor(url) {
      super(url);
      own = this;
      this.on('close', (code) => codes.push(code));
    }
  }
  const slow = openClient(server.url, { remote: { WebSocket: Paused } });
  slow.unit.getState(note);
  await untilStatus(slow, 'online');
  own.pause();

  const value = 'x'.repeat(200_000);
  let count = 0;
  while ((await metricOf(server, 'danji_slow_consumers_total')) === 0) {
    await author.unit.setState(note, `${count++} ${value}`);
  }

  // What it did not read may hide why its connection ended; it was a server that had enough.
  own.resume();
  await until(() => codes.length > 0);
  assert.ok([1013, 1006].includes(codes[0]), String(codes[0]));
  await until(() => slow.unit.getState(note) === author.unit.getState(note));
});

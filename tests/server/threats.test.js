// Threats by their number in docs/threat-model.md, as far as a server can meet them and no other
// file does: strangers.test.js and tokens.test.js have more of them.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { memoryStorage } from 'danji/storage';
import { jwtAuthentication, memoryStore } from 'danji-server';
import { sealFrame } from '../conformance/case_values.js';
import {
  WebSocket, codeOf, dataFolder, defineState, likes, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';
import { openSocket } from './raw.js';

const quiet = { onError: () => {} };
const authenticate = (token) => {
  if (!['ada', 'bob', 'mallory'].includes(token)) throw new Error('nobody');
  return { userId: token };
};
const openUser = (url, token, options = {}) =>
  openClient(url, { ...quiet, ...options, remote: { token, ...options.remote } });

const metricOf = async ({ http }, line) => {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  return Number(metrics.split('\n').find((one) => one.startsWith(line))?.split(' ').at(-1) ?? 0);
};

/** Sockets that keep what they send; `isHeld`: and don't send it. */
function recorder() {
  const record = { frames: [], isHeld: false };
  record.WebSocket = class extends WebSocket {
    send(data, ...rest) {
      if (typeof data !== 'string') record.frames.push(Buffer.from(data));
      if (typeof data === 'string' || !record.isHeld) super.send(data, ...rest);
    }
  };
  return record;
}

/** A socket of somebody who has said who he is. */
async function openAs(url, token) {
  const open = await openSocket(url);
  open.say({ auth: token });
  await until(() => open.heard.texts.length > 0);
  return open;
}

/** After whatever was sent before it. */
async function answered({ heard, say }) {
  const count = heard.texts.filter((text) => text.includes('pong')).length;
  say({ ping: true });
  await until(() => heard.texts.filter((text) => text.includes('pong')).length > count);
}

test('T3: whatever authenticate throws or answers that is no session, nobody comes in', async () => {
  const answers = [
    undefined, null, 0, 1, '', 'ada', true, [], {}, { userId: 7 }, { userId: '' }, { userId: null },
    { userId: 'ada', grants: '*' }, { userId: 'ada', grants: 'a*' }, { userId: 'ada', grants: [7] },
    { userId: 'ada', grants: {} }, { userId: 'ada', expiresAt: 'soon' }, { userId: 'ada', expiresAt: NaN },
    { userId: 'ada', apartment: 7 }, { userId: 'ada', grants: ['no such grant!'] },
    () => { throw new Error('no'); }, () => { throw undefined; }, () => { throw 'text'; },
    () => { throw null; }, () => Promise.reject(new Error('no')), () => Promise.reject(),
  ];
  let answer;
  const server = await openServer({
    authenticate: () => (typeof answer === 'function' ? answer() : answer),
  });
  for (answer of answers) {
    const { heard, say } = await openSocket(server.url);
    say({ auth: 'any' });
    await until(() => heard.code !== null);
    assert.deepEqual([heard.code, heard.texts, heard.frames], [4401, [], []], String(answer));
    const asked = await fetch(`${server.http}/v1/sync?connection=${'a'.repeat(32)}&begin=1`, {
      method: 'POST', headers: { authorization: 'Bearer any' },
    });
    assert.equal(asked.status, 401, String(answer));
  }
  answer = { userId: 'ada' };
  await openAs(server.url, 'any');
});

test('T3: a rule of rooms that throws or answers nonsense gives nothing', async () => {
  for (const authorize of [
    () => { throw new Error('no'); }, () => Promise.reject(), () => undefined, () => true, () => 'admin',
  ]) {
    const { url } = await openServer({ authenticate, authorize });
    const ada = openUser(url, 'ada');
    const written = ada.unit.setState(note, 'secret');
    written.catch(() => {});
    await untilStatus(ada, 'online');
    assert.equal(ada.unit.readState(note).meta.pending, 1);
    assert.equal(ada.unit.readState(note).meta.loading, true);
  }
});

test('T4: a token in the address lets nobody in, and no log has a token', async () => {
  const lines = [];
  const stream = new PassThrough();
  stream.on('data', (line) => lines.push(String(line)));
  const secret = 'k'.repeat(32);
  const token = await new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  const server = await openServer({
    authenticate: jwtAuthentication({ secret }), logger: pino({ level: 'trace' }, stream),
  });
  const inAddress = await fetch(
    `${server.http}/v1/sync?connection=${'a'.repeat(32)}&begin=1&token=${token}&auth=${token}`,
    { method: 'POST' },
  );
  assert.equal(inAddress.status, 401);
  await openUser(server.url, token).unit.setState(note, 'in');
  const forged = `${token.slice(0, -4)}AAAA`;
  const forger = openUser(server.url, forged);
  forger.unit.getState(note);
  await untilStatus(forger, 'needs-auth');

  const [head, body] = token.split('.');
  assert.ok(lines.length > 2);
  assert.deepEqual(lines.filter((line) => line.includes(`${head}.${body}`)), []);
});

test('T5: what was refused is told to nobody else, and its author keeps it', async () => {
  const authorize = ({ userId }) => (userId === 'mallory' ? 'read' : 'write');
  const { url } = await openServer({ authenticate, authorize });
  const spy = await openAs(url, 'bob');
  const bob = recorder();
  const helper = openUser(url, 'bob', { remote: { WebSocket: bob.WebSocket } });
  helper.unit.getState(note);
  await untilStatus(helper, 'online');
  for (const frame of bob.frames) spy.socket.send(frame);
  const mallory = openUser(url, 'mallory');
  mallory.unit.setState(note, 'unwanted words');
  await until(() => mallory.manager.deadLetters.list().length === 1);
  await helper.unit.setState(note, 'wanted words');
  await until(() => Buffer.concat(spy.heard.frames).includes('wanted words'));

  assert.equal(Buffer.concat(spy.heard.frames).includes('unwanted'), false);
  const [letter] = mallory.manager.deadLetters.list();
  assert.deepEqual([letter.error.code, letter.writes[0].value], ['FORBIDDEN', 'unwanted words']);
  await until(() => mallory.unit.getState(note) === 'wanted words');
});

test('T6: who lost the right to read hears nothing from then on', async () => {
  const authorize = (session) => (session.grants.includes('role:member') ? 'write' : 'none');
  const member = { ada: ['role:member'], bob: ['role:member'], 'bob left': [] };
  const users = (token) => ({ userId: token.split(' ')[0], grants: member[token] });
  const { url } = await openServer({ authenticate: users, authorize });
  const bob = recorder();
  const helper = openUser(url, 'bob', { remote: { WebSocket: bob.WebSocket } });
  helper.unit.getState(note);
  await untilStatus(helper, 'online');
  const spy = await openAs(url, 'bob');
  for (const frame of bob.frames) spy.socket.send(frame);
  const ada = openUser(url, 'ada');
  await ada.unit.setState(note, 'for members');
  await until(() => Buffer.concat(spy.heard.frames).includes('for members'));

  spy.say({ auth: 'bob left' });
  await until(() => spy.heard.texts.some((text) => text.includes('denied')));
  for (const frame of bob.frames) spy.socket.send(frame);
  await ada.unit.setState(note, 'for the others');
  await answered(spy);

  assert.equal(Buffer.concat(spy.heard.frames).includes('for the others'), false);
});

test('T7: what one user wrote on a shared device waits for that user', async () => {
  const storage = memoryStorage();
  const kept = defineState({
    key: 'diary', scope: 'apartment', default: '', lifetime: 'persistent',
  });
  const server = await openServer({ authenticate });
  const open = (user) => openUser(server.url, user, { storage, user });
  const away = open('ada');
  away.connection.disconnect();
  away.unit.setState(kept, 'dear diary');
  await away.unit.setState(kept, 'dear diary!', { wait: 'persisted' });
  await away.manager.close();

  const bob = open('bob');
  bob.unit.getState(kept);
  await until(() => !bob.unit.readState(kept).meta.loading);
  assert.equal(bob.unit.getState(kept), '');
  await bob.manager.close();
  const ada = open('ada');
  ada.unit.getState(kept);
  const witness = openUser(server.url, 'ada');
  await until(() => witness.unit.getState(kept) === 'dear diary!');
});

test('T8: nobody writes in the name of another session, and its own writes are not blocked', async () => {
  const server = await openServer({ authenticate });
  const ada = recorder();
  const victim = openUser(server.url, 'ada', { remote: { WebSocket: ada.WebSocket } });
  await victim.unit.setState(note, 'first');
  const hello = ada.frames[0];
  ada.frames.length = 0;
  ada.isHeld = true;
  const second = victim.unit.setState(note, 'second');
  await until(() => ada.frames.length > 0);

  const mallory = await openAs(server.url, 'mallory');
  mallory.socket.send(hello);
  await until(() => mallory.heard.frames.length > 0);
  for (const frame of ada.frames) mallory.socket.send(frame);
  await answered(mallory);
  assert.ok((await metricOf(server, 'danji_messages_refused{code="FORBIDDEN"}')) > 0);
  const witness = openUser(server.url, 'bob');
  await until(() => witness.unit.getState(note) === 'first');

  ada.isHeld = false;
  victim.connection.disconnect();
  victim.connection.connect();
  await second;
  await until(() => witness.unit.getState(note) === 'second');
});

test('T9: frames that are played again change nothing', async () => {
  const store = memoryStore();
  const { url } = await openServer({ authenticate, store });
  const ada = recorder();
  const author = openUser(url, 'ada', { remote: { WebSocket: ada.WebSocket } });
  for (let n = 0; n < 5; n++) await author.unit.add(likes, 1);
  const rows = () => [...store.read('server/apartment:main')].flat().length;
  const before = rows();

  const again = await openAs(url, 'ada');
  for (let times = 0; times < 20; times++) {
    for (const frame of ada.frames) again.socket.send(frame);
  }
  await answered(again);
  await author.unit.add(likes, 1);

  assert.equal(rows(), before + 1);
  assert.equal(author.unit.getState(likes), 6);
});

test('T10: lengths and counts that lie cost their sender a count, and nothing else', async () => {
  const server = await openServer();
  const author = recorder();
  const { unit } = openClient(server.url, { remote: { WebSocket: author.WebSocket } });
  await unit.setState(note, 'here');
  const bodies = author.frames.map((frame) => [frame[6], frame.subarray(12, -4)]);
  const liar = await openAs(server.url, null);
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  let sent = 0;
  for (const [type, body] of bodies) {
    for (let place = 16; place < body.length; place += 3) {
      // A huge number in the place of whatever stood there, under a right checksum.
      const lie = Buffer.concat([body.subarray(0, place), Buffer.from(huge), body.subarray(place + 1)]);
      liar.socket.send(sealFrame(type, lie));
      sent++;
    }
  }
  await answered(liar);
  const codes = ['MALFORMED', 'PROTOCOL', 'INVALID_ID'].map((code) =>
    metricOf(server, `danji_messages_refused{code="${code}"}`));
  const refused = (await Promise.all(codes)).reduce((sum, count) => sum + count, 0);

  assert.ok(refused > sent / 2, `${refused} of ${sent}`);
  await unit.setState(note, 'still here');
});

test('T11: nothing is compressed, and a message has not any number of pieces', async () => {
  const { url } = await openServer();
  const { socket, heard, say } = await openSocket(url, { perMessageDeflate: true });
  assert.equal(socket.extensions, '');
  say({ auth: null });
  await until(() => heard.texts.length === 1);
  for (let n = 0; n < 3000; n++) socket.send(Buffer.from([n & 255]), { fin: false });
  await until(() => heard.code !== null);

  assert.equal(heard.code, 1008);
  await openClient(url).unit.setState(note, 'here');
});

test('T14: names of the language are names like others', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const board = defineState({
    key: '__proto__', scope: 'apartment', default: {}, conflictResolution: 'merge',
  });
  const told = [];
  const { url } = await openServer({ beforeCommit: (_, { writes }) => void told.push(...writes) });
  const [author, reader] = [openClient(url), openClient(url)];
  reader.unit.getState(board);
  const value = JSON.parse('{"__proto__":{"evil":true},"constructor":1,"toString":2,"hasOwnProperty":3}');
  await author.unit.setState(board, value);
  await until(() => Object.keys(reader.unit.getState(board)).length === names.length);

  const seen = reader.unit.getState(board);
  assert.deepEqual(Object.keys(seen).sort(), [...names].sort());
  assert.equal(Object.getPrototypeOf(seen), Object.prototype);
  assert.equal(told[0].key, '__proto__');
  assert.deepEqual(Object.keys(told[0].value).sort(), names.map((name) => `/${name}`).sort());
  assert.equal({}.evil, undefined);
});

test('T15: a space whose log is damaged is given to nobody, and others go on', async () => {
  const store = memoryStore();
  const kept = { ...store, close: async () => {} };
  const first = await openServer({ store: kept });
  const author = openClient(first.url, quiet);
  for (let n = 0; n < 5; n++) await author.unit.add(likes, 1);
  await author.manager.close();
  await first.sync.close();
  const rows = [...store.read('server/apartment:main')].flat();
  rows[2][rows[2].length - 1] ^= 1;

  const second = await openServer({ store: kept });
  const page = openClient(second.url, quiet);
  const waiting = page.unit.add(likes, 1);
  waiting.catch(() => {});
  const elsewhere = page.manager.createUnitStateStore('till', { apartment: 'north' });
  await elsewhere.add(likes, 1);

  assert.equal(page.unit.readState(likes).meta.loading, true);
  assert.equal(page.unit.readState(likes).meta.pending, 1);
  assert.equal([...store.read('server/apartment:main')].flat().length, rows.length, 'nothing is cut');
});

test('T15: a page whose copy is damaged takes the whole anew, and sends what it had to send', async () => {
  const kept = { scope: 'apartment', lifetime: 'persistent' };
  const [color, size] = ['color', 'size'].map((key) => defineState({ ...kept, key, default: '' }));
  const storage = memoryStorage();
  let damaged = 0;
  const spoil = ([key, bytes]) => {
    if (!key.startsWith('space/')) return [key, bytes];
    damaged++;
    return [key, bytes.map((byte, place) => (place === bytes.length >> 1 ? byte ^ 1 : byte))];
  };
  const spoiled = {
    open: (...given) => storage.open(...given),
    read: (from, to, take) => storage.read(from, to, (rows) => take(rows.map(spoil))),
    commit: (...given) => storage.commit(...given),
    clear: () => storage.clear(),
    close: () => storage.close(),
  };
  const { url } = await openServer();
  const before = openClient(url, { ...quiet, storage });
  await before.unit.setState(color, 'red');
  before.connection.disconnect();
  await before.unit.setState(size, 'large', { wait: 'persisted' });
  await before.manager.close();

  const after = openClient(url, { ...quiet, storage: spoiled });
  after.unit.getState(color);
  const witness = openClient(url);
  await until(() => witness.unit.getState(size) === 'large');
  await until(() => after.unit.getState(color) === 'red');

  assert.ok(damaged > 0);
  assert.equal(after.unit.getState(size), 'large');
});

test('T24: a space that is full takes only what makes it smaller, and others go on', async () => {
  const { url } = await openServer({
    store: memoryStore(), limits: { maxSpaceBytes: 40_000, condenseRows: 1_000_000 },
  });
  const { unit, manager } = openClient(url, quiet);
  const pages = Array.from({ length: 8 }, (_, n) =>
    defineState({ key: `page.${n}`, scope: 'apartment', default: '' }));
  const codes = [];
  for (const page of pages) codes.push(await codeOf(unit.setState(page, 'x'.repeat(8_000))));
  const taken = codes.indexOf('TOO_LARGE');
  assert.ok(taken > 3, String(codes));
  assert.deepEqual(new Set(codes.slice(taken)), new Set(['TOO_LARGE']));
  const other = manager.createUnitStateStore('till', { apartment: 'north' });
  await other.setState(note, 'here');

  for (const page of pages.slice(0, taken)) await unit.unsetState(page);
  await until(async () => (await codeOf(unit.setState(note, 'x'.repeat(6_000)))) === null);
});

test('T24: keys that a server does not know get no place in it', async () => {
  const { url } = await openServer({ definitions: [note] });
  const { unit } = openClient(url, quiet);
  const unknown = defineState({ key: 'unknown', scope: 'apartment', default: 0 });

  assert.equal(await codeOf(unit.setState(unknown, 1)), 'NOT_REGISTERED');
  await unit.setState(note, 'here');
});

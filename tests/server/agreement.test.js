// Devices that share state through a server: real managers, real sockets, a real process.
import assert from 'node:assert/strict';
import {
  cart, dataFolder, likes, note, openClient, openServer, startProcess, test, until, untilStatus,
} from './harness.js';

test('what one device writes the other reads, with its version and its author', async () => {
  const { url } = await startProcess(dataFolder());
  const laptop = openClient(url, { unitId: 'laptop' });
  const phone = openClient(url, { unitId: 'phone' });
  phone.unit.getState(cart);

  const { version } = await laptop.unit.setState(cart, { items: { tea: 1 } });
  await until(() => phone.unit.getState(cart).items.tea === 1);

  const { meta } = phone.unit.readState(cart);
  assert.deepEqual(meta.version, version);
  assert.equal(meta.updatedBy, 'laptop');
  assert.equal(meta.source, 'remote');
  assert.equal(meta.pending, 0);
});

test('a device without WebSockets takes part like any other', async () => {
  const { url } = await startProcess(dataFolder());
  const laptop = openClient(url);
  const phone = openClient(url, { remote: { WebSocket: false } });

  await phone.unit.add(likes, 2);
  await laptop.unit.add(likes, 3);
  await until(() => phone.unit.getState(likes) === 5);

  assert.equal(laptop.unit.getState(likes), 5);
  assert.equal(phone.connection.status(), 'online');
});

test('additions of two devices at once are all counted', async () => {
  const { url } = await openServer();
  const devices = [openClient(url), openClient(url), openClient(url, { remote: { WebSocket: false } })];

  await Promise.all(devices.flatMap(({ unit }) =>
    Array.from({ length: 30 }, () => unit.add(likes, 1))));
  await until(() => devices.every(({ unit }) => unit.getState(likes) === 90));
});

test('a value is loading until the server was heard of the first time', async () => {
  const { url } = await openServer();
  const { unit, connection } = openClient(url);
  assert.equal(unit.readState(cart).meta.loading, true);
  const seen = [];
  unit.subscribe(cart, (_, { loading }) => seen.push(loading), { meta: true });

  await until(() => connection.status() === 'online');
  await until(() => !unit.readState(cart).meta.loading);

  assert.ok(seen.includes(false), 'listeners to metadata are told');
});

test('what is written while there is no connection is shown, and arrives later', async () => {
  const { url } = await openServer();
  const traveller = openClient(url);
  const home = openClient(url);
  await traveller.unit.setState(note, 'first');
  traveller.connection.disconnect();
  assert.equal(traveller.connection.status(), 'offline');

  const written = traveller.unit.setState(note, 'second');
  assert.equal(traveller.unit.getState(note), 'second');
  assert.equal(traveller.unit.readState(note).meta.pending, 1);
  home.unit.getState(note);
  await until(() => home.unit.getState(note) === 'first');

  traveller.connection.connect();
  await written;
  await until(() => home.unit.getState(note) === 'second');
});

test('a batch arrives as a whole', async () => {
  const { url } = await openServer();
  const author = openClient(url);
  const reader = openClient(url);
  reader.unit.getState(cart);
  reader.unit.getState(note);
  await untilStatus(reader, 'online');
  const torn = [];
  const look = () => {
    const isEmpty = reader.unit.getState(note) === '';
    if (isEmpty !== (reader.unit.getState(cart).items.tea === undefined)) torn.push('half');
  };
  reader.unit.subscribe(cart, look);
  reader.unit.subscribe(note, look);

  author.unit.batch(() => {
    author.unit.setState(cart, { items: { tea: 1 } });
    author.unit.setState(note, 'for Ada');
  });
  await until(() => reader.unit.getState(note) === 'for Ada');

  assert.deepEqual(torn, []);
});

test('keys that say so stay in the browser, and need no server', async () => {
  const { url } = await openServer();
  const { manager, unit } = openClient(url);
  const local = unit.register({ key: 'theme', scope: 'global', default: 'light', remote: false });

  await unit.setState(local, 'dark');

  assert.equal(manager.createSnapshot().entries[0].space, 'device/global');
  assert.equal(manager.connection.status(), 'offline');
});

test('apartments are apart', async () => {
  const { url } = await openServer();
  const one = openClient(url).manager.createUnitStateStore('till', { apartment: 'north' });
  const other = openClient(url).manager.createUnitStateStore('till', { apartment: 'south' });

  await one.setState(note, 'north');
  await other.setState(note, 'south');

  assert.equal(one.getState(note), 'north');
});

test('a server that is attached below a path is found there', async () => {
  const { url, http } = await openServer({ path: '/danji' });
  const { unit } = openClient(`${url}/danji/`);

  await unit.setState(note, 'here');

  assert.equal((await fetch(`${http}/danji/healthz`)).status, 200);
  assert.equal((await fetch(`${http}/healthz`)).status, 404);
});

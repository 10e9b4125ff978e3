// Presence over the server: devices see one another as far as the rooms allow.
import assert from 'node:assert/strict';
import { presence } from 'danji/presence';
import {
  WebSocket, atEnd, note, openClient, openServer, test, until, untilStatus,
} from './harness.js';

const room = 'apartment:main#board';

async function openMember(url, name, options = {}) {
  const client = openClient(url, options);
  client.unit.getState(note);
  await untilStatus(client, 'online');
  const member = presence(client.manager, options.room ?? room, { name });
  atEnd(() => member.leave());
  return { ...client, member };
}

const seenBy = ({ member }) => [...member.others().values()].map(({ name }) => name).sort();
const sees = (one, ...names) => async () => JSON.stringify(seenBy(one)) === JSON.stringify(names);

test('devices in a room see one another, over sockets and requests, and those who leave go', async () => {
  const { url } = await openServer();
  const ada = await openMember(url, 'Ada');
  const bob = await openMember(url, 'Bob', { remote: { WebSocket: false } });
  const eve = await openMember(url, 'Eve', { room: 'apartment:main#other' });
  await until(sees(ada, 'Bob'));
  await until(sees(bob, 'Ada'));

  bob.member.set({ name: 'Böb' });
  await until(sees(ada, 'Böb'));
  ada.member.leave();
  await until(sees(bob));
  assert.deepEqual(seenBy(eve), []);
});

test('what requests carry may be in any script, and a flood of it costs nobody the connection', async () => {
  const { url } = await openServer();
  const ada = await openMember(url, '아다 🌙');
  const bob = await openMember(url, '밥', { remote: { WebSocket: false } });
  await until(sees(ada, '밥'));
  await until(sees(bob, '아다 🌙'));
  const statuses = [];
  bob.connection.subscribe((status) => statuses.push(status));

  for (let i = 0; i < 60; i++) ada.manager.rooms.send(room, { flood: '단'.repeat(600) });
  await ada.unit.setState(note, 'after the flood');
  await until(() => bob.unit.getState(note) === 'after the flood');
  ada.member.set({ name: '아다' });
  await until(sees(bob, '아다'));
  bob.member.set({ name: '밥'.repeat(650) });
  await until(sees(ada, '밥'.repeat(650)));
  assert.deepEqual(statuses, []);
});

test('who was away is told again of all', async () => {
  const { url } = await openServer();
  const ada = await openMember(url, 'Ada');
  const bob = await openMember(url, 'Bob');
  await until(sees(ada, 'Bob'));
  ada.connection.disconnect();
  bob.member.set({ name: 'Bobby' });
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.deepEqual(seenBy(ada), ['Bob']);
  ada.connection.connect();
  await until(sees(ada, 'Bobby'));
});

test('a room belongs to those whom the server lets in; who may only read is not heard', async () => {
  const { url } = await openServer({
    authenticate: (token) => ({ userId: token, grants: [] }),
    authorize: ({ userId }, name) => {
      if (userId === 'eve') return name === 'global' ? 'write' : 'none';
      return userId === 'guest' ? 'read' : 'write';
    },
  });
  const as = (token) => ({ remote: { token } });
  const ada = await openMember(url, 'Ada', as('ada'));
  const guest = await openMember(url, 'Guest', as('guest'));
  const open = () => openClient(url, { ...as('eve'), onError: () => {} });
  const eve = open();
  eve.unit.getState(note);
  await untilStatus(eve, 'online');
  const spy = presence(eve.manager, room, { name: 'Eve' });
  atEnd(() => spy.leave());
  ada.member.set({ name: 'Ada L.' });
  await until(sees(guest, 'Ada L.'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(seenBy(ada), []);
  assert.equal(spy.others().size, 0);
});

test('a client that talks too much, or too long, is not passed on, and the others go on', async () => {
  const { url } = await openServer();
  const ada = await openMember(url, 'Ada');
  let heard = 0;
  ada.manager.rooms.listen(room, () => heard++);
  const socket = new WebSocket(`${url}/v1/sync`);
  atEnd(() => socket.terminate());
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send('{"auth":null}');
  await new Promise((resolve) => socket.once('message', resolve));
  const say = (words) => socket.send(JSON.stringify(words));
  say({ room, data: 'joins' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  say({ room, data: 'x'.repeat(4096) });
  say({ room: 'private:main', data: 1 });
  say({ room: 7, data: 1 });
  heard = 0;
  for (let i = 0; i < 1000; i++) say({ room, data: i });
  await ada.unit.setState(note, 'goes on');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(heard > 50 && heard < 300, `${heard} of 1000`);
});

// A server that knows its keys, and what it tells whoever runs it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cart, codeOf, dataFolder, defineState, likes, note, openClient, openServer, startProcess, test,
  until, untilStatus,
} from './harness.js';

const price = defineState({ key: 'price', scope: 'global', default: 1 });

test('a server with a list of keys takes no others', async () => {
  const { url } = await openServer({ definitions: [cart, likes] });
  const { unit } = openClient(url);
  const other = defineState({ key: 'likes', scope: 'apartment', default: '' });
  const clashing = openClient(url);

  await unit.add(likes, 1);
  assert.equal(await codeOf(unit.setState(note, 'unknown')), 'NOT_REGISTERED');
  assert.equal(unit.getState(note), '');
  assert.equal(await codeOf(clashing.unit.setState(other, 'x')), 'DEFINITION_CLASH');
  await until(() => clashing.errors.every(({ code }) => code === 'DEFINITION_CLASH'));
});

test('permissions are those of the list, also when a page leaves them out', async () => {
  const authenticate = async (token) => ({ userId: token, grants: token === 'ada' ? ['role:staff'] : [] });
  const guarded = defineState({ ...note.definition, permissions: { write: ['role:staff'] } });
  const { url } = await openServer({ authenticate, definitions: [guarded] });
  const guest = openClient(url, { remote: { token: 'eve' } });
  const staff = openClient(url, { remote: { token: 'ada' } });

  assert.equal(await codeOf(guest.unit.setState(note, 'mine')), 'FORBIDDEN');
  await staff.unit.setState(note, 'ours');
  await until(() => guest.unit.getState(note) === 'ours');
});

test('the list is the file that the pages import, and is served as data', async () => {
  const data = dataFolder();
  const file = join(data, 'state.mjs');
  writeFileSync(file, `
    import { defineState } from ${JSON.stringify(import.meta.resolve('danji'))};
    export const cart = defineState({ key: 'cart', scope: 'apartment', default: () => ({ items: {} }) });
    export const mine = defineState({ key: 'mine', scope: 'private', default: 0 });
    export const nothing = 7;
  `);
  const { url, port } = await startProcess(data, { args: ['--definitions', file] });

  const answer = await fetch(`http://127.0.0.1:${port}/v1/definitions`);
  assert.deepEqual(await answer.json(), [
    { key: 'cart', scope: 'apartment', default: { items: {} } },
  ]);
  const { unit } = openClient(url);
  await unit.setState(cart, { items: { tea: 1 } });
  assert.equal(await codeOf(unit.setState(note, 'unknown')), 'NOT_REGISTERED');
});

test('a definition that is none keeps the server from starting', async () => {
  const broken = { key: '', scope: 'global', default: 1 };

  await assert.rejects(openServer({ definitions: [broken] }), { code: 'INVALID_KEY' });
});

test('health, readiness and metrics are told, and draining is seen', async () => {
  const server = await openServer({ definitions: [price] });
  const { unit } = openClient(server.url);
  unit.getState(price);
  const get = async (path) => (await fetch(server.http + path)).status;
  assert.deepEqual([await get('/healthz'), await get('/readyz')], [200, 200]);
  await until(() => !unit.readState(price).meta.loading);
  const metrics = await (await fetch(`${server.http}/metrics`)).text();
  for (const line of ['danji_connections 1', 'danji_spaces 1', 'danji_flush_seconds_count 0']) {
    assert.ok(metrics.includes(line), line);
  }

  await server.sync.drain();

  assert.deepEqual([await get('/healthz'), await get('/readyz')], [200, 503]);
});

test('the command ends with the program that forked it', async () => {
  const server = await startProcess(dataFolder());

  assert.equal(await server.abandon(), 0);
});

test('the command refuses options that it does not know', async () => {
  const data = dataFolder();

  await assert.rejects(startProcess(data, { args: ['--ports', '1'] }), /ended with 2/);
});

test('the command checks tokens when it has a secret', async () => {
  const secret = 'a secret that is long enough for this';
  const { url } = await startProcess(dataFolder(), { env: { DANJI_JWT_SECRET: secret } });
  const stranger = openClient(url);
  stranger.unit.getState(note);

  await untilStatus(stranger, 'needs-auth');
});

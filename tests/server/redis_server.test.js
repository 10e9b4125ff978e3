// A server that keeps its logs in Redis, and what becomes of it when Redis is not there.
import assert from 'node:assert/strict';
import { likes, note, openClient, startProcess, startRedis, test, until } from './harness.js';

async function readinessOf({ port }) {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
}

const start = (redis, options) => startProcess(null, { args: ['--store', redis.url], ...options });

test('while Redis is away nothing is acknowledged, and what was is there when it is back', async () => {
  const redis = await startRedis();
  const server = await start(redis);
  const author = openClient(server.url);
  await author.unit.add(likes, 1);

  await redis.kill();
  let isAcknowledged = false;
  const added = author.unit.add(likes, 1).then(() => (isAcknowledged = true));
  await until(async () => (await readinessOf(server)) === 503);
  assert.equal(isAcknowledged, false);
  await redis.start();
  await added;

  await until(async () => (await readinessOf(server)) === 200);
  const reader = openClient(server.url);
  reader.unit.getState(likes);
  await until(() => reader.unit.getState(likes) === 2);
});

test('a server that is killed finds in Redis all that it had acknowledged', async () => {
  const redis = await startRedis();
  const server = await start(redis);
  const author = openClient(server.url);
  await author.unit.setState(note, 'kept');
  await server.kill();

  const next = await start(redis, { port: server.port });
  const reader = openClient(next.url);
  reader.unit.getState(note);
  await until(() => reader.unit.getState(note) === 'kept');
  assert.equal(await next.stop(), 0);
});

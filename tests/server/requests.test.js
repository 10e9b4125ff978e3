// Pages that reach servers through plain requests only, over connections that others choose.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as ask } from 'node:http';
import { connect, createServer } from 'node:net';
import { redisStore } from 'danji-server';
import { atEnd, note, openClient, openServer, startRedis, test, until } from './harness.js';

/** Leads each new connection to the server that is `target` by then, and tells what was asked. */
async function openSwitch(target) {
  const gate = { target, begins: 0, held: null };
  const front = createServer((near) => {
    const far = connect(gate.target.port, '127.0.0.1');
    const end = () => [near, far].forEach((socket) => socket.destroy());
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (data) => {
      const [line] = data.toString('latin1').split('\r\n');
      if (line.includes('begin=1')) gate.begins++;
      if (line.includes('wait=')) gate.held = { end };
    });
    far.on('data', () => {
      if (gate.held?.end === end) gate.held = null;
    });
    near.pipe(far).pipe(near);
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  atEnd(() => front.close());
  gate.url = `ws://127.0.0.1:${front.address().port}`;
  return gate;
}

test('a page whose connections lead to several servers ends up at one of them', async () => {
  const redis = await startRedis();
  const servers = [1, 2].map(() => openServer({ store: redisStore(redis.url) }));
  const [one, other] = await Promise.all(servers);
  const gate = await openSwitch(one);
  const page = openClient(gate.url, { remote: { WebSocket: false } });
  await page.unit.setState(note, 'here');

  await until(() => gate.held !== null);
  const { begins } = gate;
  gate.target = other;
  gate.held.end();
  await until(() => gate.begins > begins);
  const tooMany = until(() => gate.begins > 20).then(() => assert.fail('it begins for ever'));
  await Promise.race([page.unit.setState(note, 'there'), tooMany]);

  gate.begins = Infinity;
  await tooMany.catch(() => {});
});

test('who breaks off a request that is held back makes room at once', async () => {
  const server = await openServer({
    authenticate: () => ({ userId: 'ada' }),
    limits: { maxConnectionsPerUser: 1 },
  });
  const path = (name, more) => `${server.http}/v1/sync?connection=${name.repeat(32)}${more}`;
  const begin = async (name) => (await fetch(path(name, '&begin=1'), { method: 'POST' })).status;
  assert.equal(await begin('a'), 200);
  const held = ask(path('a', '&wait=25'), { method: 'POST' }).on('error', () => {});
  held.end();
  await once(held, 'finish');
  assert.equal(await begin('b'), 503, 'there is room for one');

  held.destroy();

  let asked = 0;
  while ((await begin('b')) !== 200) assert.ok(++asked < 500, 'it was never noticed');
});

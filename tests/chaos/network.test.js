// The network of the chaos leaves nothing behind that would keep its process.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../server/redis.js';
import { Network } from './network.js';

const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('who is refused while he ends leaves no connection open', async () => {
  const network = new Network();
  const nobody = await freePort();
  const port = await network.listen(() => nobody);
  for (const isShut of [false, true]) {
    if (isShut) network.shut();
    for (let turn = 0; turn < 20; turn++) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: turn % 2 === 0 });
      socket.on('error', () => {});
      if (turn % 4 > 1) socket.end();
      await once(socket.resume(), 'end').catch(() => {});
      socket.destroy();
    }
  }
  network.close();
  for (let turn = 0; turn < 100 && openSockets() > 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  assert.equal(openSockets(), 0);
});

// Devices with a disk: what was written while the server was away reaches it later, also when the
// page that wrote it is gone by then, and counts once.
import assert from 'node:assert/strict';
import { memoryStorage } from 'danji/storage';
import {
  dataFolder, defineState, openClient, startProcess, test, until, untilStatus,
} from './harness.js';

const lasting = { lifetime: 'persistent' };
const basket = defineState({ key: 'basket', scope: 'apartment', default: {}, ...lasting });
const stars = defineState({
  key: 'stars', scope: 'apartment', default: 0, conflictResolution: 'sum', ...lasting,
});

const read = ({ unit }) => ({ basket: unit.getState(basket), stars: unit.getState(stars) });

test('what was written without a server outlives its page and is sent by the next, once', async () => {
  const data = dataFolder();
  const storage = memoryStorage();
  const quiet = { onError: () => {} };
  const server = await startProcess(data);
  const first = openClient(server.url, { storage, ...quiet });
  await first.unit.setState(basket, { tea: 1 });
  await first.unit.add(stars, 1);

  await server.kill();
  await untilStatus(first, 'offline');
  const write = first.unit.setState(basket, { tea: 2 }, { wait: 'persisted' });
  const receipt = await write;
  first.unit.add(stars, 10).catch(() => {});
  await first.manager.close();
  assert.deepEqual([receipt.applied, receipt.version], ['persisted', null]);

  const second = openClient(server.url, { storage, ...quiet });
  read(second);
  await second.manager.ready;
  assert.deepEqual(read(second), { basket: { tea: 2 }, stars: 11 });

  const again = await startProcess(data, { port: server.port });
  await untilStatus(second, 'online');
  const stranger = openClient(again.url);
  await until(() => read(stranger).stars === 11);
  assert.deepEqual(read(stranger), { basket: { tea: 2 }, stars: 11 });
  await second.unit.add(stars, 100);
  await until(() => read(stranger).stars === 111);
});

test('a device that comes back without its server shows what it had seen', async () => {
  const storage = memoryStorage();
  const server = await startProcess(dataFolder());
  const first = openClient(server.url, { storage });
  const author = openClient(server.url);
  read(first);
  await author.unit.setState(basket, { rice: 3 });
  await until(() => first.unit.getState(basket).rice === 3);
  await first.manager.close();
  await author.manager.close();
  await server.kill();

  const second = openClient(server.url, { storage, onError: () => {} });
  read(second);
  await second.manager.ready;

  assert.deepEqual(second.unit.getState(basket), { rice: 3 });
});

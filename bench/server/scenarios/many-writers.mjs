// A hundred write twenty times each, to a key of their own, one set in each task: how long until
// all have all of it.
import assert from 'node:assert/strict';
import { nextTask, until } from '../measuring.mjs';

/** Then it has no number; a scenario that does not say so fails. */
export const mayBeLate = true;

export async function run({ start, connect }, { clients: count, setsEach, limitMillis }) {
  const server = await start();
  const clients = [await connect(server, null)];
  while (clients.length < count) clients.push(await connect(server, clients[0].room));
  const keys = clients.map((_, place) => `writer-${place}`);
  let missing = count * count;
  for (const client of clients) {
    for (const key of keys) {
      let isThere = false;
      client.subscribe(key, (value) => {
        if (value !== setsEach || isThere) return;
        isThere = true;
        missing--;
      });
    }
  }
  await nextTask();
  const bytesBefore = clients[0].bytesRead();
  const begin = performance.now();
  for (let set = 1; set <= setsEach; set++) {
    for (const [place, client] of clients.entries()) {
      client.set(keys[place], set);
      await nextTask();
    }
    if (performance.now() - begin > limitMillis) break;
  }
  await until(() => missing === 0, limitMillis - (performance.now() - begin), 'all have all');
  const millis = performance.now() - begin;
  const bytesEach = (clients[0].bytesRead() - bytesBefore) / (count * setsEach);
  for (const client of clients) {
    for (const key of keys) assert.equal(client.get(key), setsEach, 'another number is shown');
  }
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
  return { millis, bytesEach };
}

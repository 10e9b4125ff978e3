// Older logs that are brought back: pages that know more of them don't take what comes next for
// what they have, and bring again what is theirs.
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { dataFolder, likes, note, openClient, startProcess, test, until } from './harness.js';

const values = ({ unit }) => [unit.getState(likes), unit.getState(note)];

/** A page that knows three likes, of which the logs that the server starts with have one. */
async function bringBackOlder(args) {
  const data = dataFolder();
  const backup = dataFolder();
  let server = await startProcess(data);
  const { port } = server;
  const page = openClient(server.url);
  await page.unit.add(likes, 1);
  await server.stop();
  cpSync(data, backup, { recursive: true });

  server = await startProcess(data, { port });
  await page.unit.add(likes, 2);
  page.connection.disconnect();
  await server.stop();
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true });
  server = await startProcess(data, { port, args });
  return { page, other: openClient(server.url), server };
}

test('a page that knows more than a backup brings again what it had written', async () => {
  const { page, other } = await bringBackOlder([]);
  await until(() => other.unit.getState(likes) === 1);
  page.connection.connect();
  await until(() => other.unit.getState(likes) === 3);
  await other.unit.setState(note, 'after');
  await until(() => page.unit.getState(note) === 'after');
  assert.deepEqual(values(page), values(other));
});

test('a server that knows of the backup tells it from what was there, however much is new', async () => {
  const { page, other, server } = await bringBackOlder(['--restored']);
  for (let n = 1; n <= 20; n++) await other.unit.setState(note, `${n}`);
  page.connection.connect();
  await until(() => values(page).join() === '3,20' && values(other).join() === '3,20');
  const witness = openClient(server.url);
  await until(() => values(witness).join() === '3,20');
});

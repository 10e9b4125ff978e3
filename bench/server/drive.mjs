// One library in one scenario: this process has all the clients, and a child of it is the server.
//
//   node drive.mjs <adapter> <scenario> <effort as JSON>
//
// It answers with what was measured, or with {failed}, or {late} when a limit was reached.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NotInTime, within } from './measuring.mjs';

const serveFile = fileURLToPath(new URL('serve.mjs', import.meta.url));
const startMillisMax = 20_000;
const allMillisMax = 60_000;
const parent = mkdtempSync(join(tmpdir(), 'danji-bench-'));
const servers = new Set();

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A server with an empty folder, or with the folder and port of one before it. */
async function start(adapter, before) {
  const folder = before?.folder ?? mkdtempSync(join(parent, 'data-'));
  const port = before?.port ?? (await freePort());
  const child = fork(serveFile, [adapter, folder, String(port)]);
  const over = once(child, 'exit');
  servers.add(child);
  await within(startMillisMax, 'the server starts', once(child, 'message'));
  const kill = async () => {
    child.kill('SIGKILL');
    await over;
    servers.delete(child);
  };
  return { url: `ws://127.0.0.1:${port}`, folder, port, kill, stop: kill };
}

async function main([adapter, scenario, effort]) {
  const { connect, acknowledges = false } = await import(`./adapters/${adapter}.mjs`);
  const { run, mayBeLate = false } = await import(`./scenarios/${scenario}.mjs`);
  const subject = {
    acknowledges,
    start: (before) => start(adapter, before),
    connect: async ({ url }, room) => {
      const client = await within(startMillisMax, 'a client connects', connect(url, room));
      return { fetch: async (key) => client.get(key), ...client };
    },
  };
  try {
    return await within(allMillisMax, 'the whole scenario', run(subject, JSON.parse(effort)));
  } catch (error) {
    if (mayBeLate && error instanceof NotInTime) return { late: error.message };
    return { failed: error.stack };
  }
}

const answer = await main(process.argv.slice(2));
for (const child of servers) child.kill('SIGKILL');
rmSync(parent, { recursive: true, force: true });
process.send(answer, () => process.exit(0));

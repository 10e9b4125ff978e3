// Servers and managers for tests: real ones, on free ports of this machine, ended after each test.
//
// Use this file's `test` in place of node:test's. A server is either a process of its own, as
// `danji-server` starts it, or lives in this one, where a test can get at its store.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as nodeTest } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createStateManager, defineState } from 'danji';
import { createSyncServer, memoryStore } from 'danji-server';
import { WebSocket } from 'ws';
import { Redis, freePort } from './redis.js';

export { WebSocket, defineState };

const program = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));

const ends = [];

export function test(name, body) {
  nodeTest(name, async (t) => {
    try {
      await body(t);
    } finally {
      await endAll();
    }
  });
}

/** For tests that are not made by `test` above. */
export async function endAll() {
  while (ends.length > 0) await ends.pop()();
}

/** Ends it with the test, the last first. */
export function atEnd(end) {
  ends.push(end);
}

/** A key at the server. */
export const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: {} } });
export const likes = defineState({
  key: 'likes', scope: 'apartment', default: 0, conflictResolution: 'sum',
});
export const note = defineState({ key: 'note', scope: 'apartment', default: '' });

/** A folder that is gone after the test. */
export function dataFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'danji-server-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A Redis of this test's own, that writes to its disk before it answers. `kill()` takes it away at
 * once, `start()` brings it back, and `freeze()` and `thaw()` do what they say.
 */
export async function startRedis(settings) {
  const redis = new Redis(dataFolder(), await freePort(), settings);
  atEnd(() => redis.kill());
  await redis.start();
  return redis;
}

/**
 * A server process; without `data`, `args` say where its logs are. `kill()` takes it away at once;
 * `stop()` asks it to end.
 */
export async function startProcess(data, { port = 0, args = [], env = {} } = {}) {
  const place = data === null ? [] : ['--data', data];
  const given = ['--port', String(port), ...place, '--log-level', 'silent', ...args];
  const child = fork(program, given, { env: { ...process.env, ...env } });
  const over = once(child, 'exit');
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const [code] = await over;
    return code;
  };
  atEnd(() => end('SIGKILL'));
  const [message] = await Promise.race([
    once(child, 'message'),
    over.then(([code]) => assert.fail(`the server ended with ${code}`)),
  ]);
  return {
    port: message.port,
    url: `ws://127.0.0.1:${message.port}`,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    abandon: async () => {
      child.disconnect();
      return (await over)[0];
    },
  };
}

/** A server in this process, with a memory for a store unless there is another. */
export async function openServer(options = {}) {
  const sync = createSyncServer({
    store: memoryStore(),
    logger: false,
    ...options,
  });
  const server = createServer((request, response) => {
    if (sync.handleRequest(request, response)) return;
    response.statusCode = 404;
    response.end();
  });
  server.on('upgrade', sync.handleUpgrade);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    await sync.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address();
  return { sync, server, port, url: `ws://127.0.0.1:${port}`, http: `http://127.0.0.1:${port}` };
}

/** A manager with a unit, connected to the server. Without `onError`, a report fails the test. */
export function openClient(url, { unitId = 'cart', remote = {}, ...options } = {}) {
  const errors = [];
  const backoff = { baseMillis: 20, maxMillis: 200 };
  const manager = createStateManager({
    remote: { url, WebSocket, backoff, ...remote },
    onError: (error) => errors.push(error),
    ...options,
  });
  atEnd(() => manager.close());
  const unit = manager.createUnitStateStore(unitId);
  return { manager, unit, errors, connection: manager.connection };
}

/** Waits until `isSo()`; the test runner ends a wait that never does. */
export async function until(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Until the connection says so. */
export function untilStatus({ connection }, status) {
  return until(() => connection.status() === status);
}

/** The code that a promise is rejected with. */
export async function codeOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error.code;
  }
  return null;
}

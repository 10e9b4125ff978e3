// A Redis for tests: a process of its own on a free port of this machine, with its files in a folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

export const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

export class Redis {
  #child = null;
  #folder;
  #settings;
  port;

  constructor(folder, port, settings = durable) {
    this.#folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when it answers, its files read. */
  async start() {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const quiet = ['--save', '', '--loglevel', 'warning'];
    this.#child = spawn('redis-server', [...own, ...quiet, ...this.#settings], { stdio: 'ignore' });
    const over = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`redis-server ended with ${code}`);
    });
    over.catch(() => {});
    while ((await Promise.race([this.#ask('PING'), over])) !== '+PONG') {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The first line of its answer; nothing while it gives none. */
  #ask(words) {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${words}\r\n`));
      socket.on('data', (data) => {
        resolve(data.toString().split('\r\n')[0]);
        socket.destroy();
      });
      socket.on('error', () => resolve(''));
    });
  }

  async kill() {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, 'exit');
    child.kill('SIGKILL');
    await over;
  }

  freeze() {
    this.#child.kill('SIGSTOP');
  }
  thaw() {
    this.#child.kill('SIGCONT');
  }

  /** What its disk has now, for `restore`; a dead one is made to have that, or nothing at all. */
  backup() {
    const copy = `${this.#folder}-copy`;
    cpSync(this.#folder, copy, { recursive: true });
    return copy;
  }
  restore(copy) {
    rmSync(this.#folder, { recursive: true });
    if (copy === undefined) mkdirSync(this.#folder);
    else renameSync(copy, this.#folder);
  }
}

export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

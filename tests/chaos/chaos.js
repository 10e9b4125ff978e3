// Chaos: real servers, devices in two processes, and a network between them, all of which die,
// freeze and go astray while everybody writes. When it is over everything heals, and what was asked
// for, told and read is held against the log on the disk, the server's or that of a Redis, which dies
// and freezes with them (history.js).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../js/random.js';
import { Redis, freePort } from '../server/redis.js';
import { faultsOf } from './history.js';
import { rowsIn } from './log_rows.js';
import { Network } from './network.js';
import { lookAt } from './witness.js';
import { space, strategies } from './work.js';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const serverProgram = file('./server.js');
const pageProgram = file('./page.js');

const deviceNames = ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana'];
/** How long everything may take to come to rest once nothing is broken any more. */
const healMillisMax = 30_000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** A program that can be killed, frozen and started anew. */
class Program {
  #start;
  #child = null;
  kills = 0;
  freezes = 0;

  /** `start()` gives the child, and resolves when it is at work. */
  constructor(start) {
    this.#start = start;
  }

  get child() {
    return this.#child;
  }
  get isAlive() {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  async start() {
    this.#child = await this.#start();
  }

  async kill() {
    this.kills++;
    const over = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await over;
  }

  /** A killed one can't be thawed, which is as it should be. */
  async freeze(millis) {
    this.freezes++;
    const child = this.#child;
    child.kill('SIGSTOP');
    await pause(millis);
    child.kill('SIGCONT');
  }

  async ask(word) {
    const answer = once(this.#child, 'message');
    this.#child.send(word);
    const [message] = await answer;
    return message;
  }

  async leave() {
    const over = once(this.#child, 'exit');
    this.#child.send('leave');
    await over;
  }
}

async function started(program, args) {
  const child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${program} ended with ${code}`);
    }),
  ]);
  return { child, message };
}

class Chaos {
  #folder;
  #random;
  #network = new Network();
  #isOver = false;
  #ports;
  #lives = 0;
  #pages = [];
  #living = new Map();
  #servers = [];
  #redis = null;
  #redisKills = 0;
  #isLate;

  constructor({ seed, folder, servers, store }) {
    this.#folder = folder;
    this.#isLate = store === 'late';
    this.#random = new Random(seed);
    this.#ports = Array.from({ length: servers }, () => 0);
    mkdirSync(this.disk.folder, { recursive: true });
  }

  get disk() {
    const folder = join(this.#folder, 'server');
    return { folder, redis: this.#redis?.url, archive: join(this.#folder, 'archive') };
  }
  get #journal() {
    return join(this.#folder, 'journal');
  }
  #below(most) {
    return this.#random.below(Math.floor(most));
  }

  // ---- Who takes part

  async begin(store) {
    if (store === 'redis') {
      this.#redis = new Redis(this.disk.folder, await freePort());
      await this.#redis.start();
    }
    this.#servers = this.#ports.map((_, place) => new Program(() => this.#startServer(place)));
    for (const server of this.#servers) await server.start();
    const urls = [];
    for (const half of [0, 1]) {
      urls.push(`ws://127.0.0.1:${await this.#network.listen(() => this.#portFor(half))}`);
    }
    this.#pages = urls.map((url, half) => new Program(() => this.#startPages(half, url)));
    for (const page of this.#pages) await page.start();
  }

  /** Its own server, as long as that lives: requests that belong together should meet the same. */
  #portFor(half) {
    const others = this.#servers.filter(({ isAlive }) => isAlive);
    const own = this.#servers[half % this.#servers.length];
    return this.#ports[this.#servers.indexOf(own.isAlive ? own : (others[0] ?? own))];
  }

  async #startServer(place) {
    const { folder: data, redis, archive } = this.disk;
    const isLate = this.#isLate;
    const words = JSON.stringify({ port: this.#ports[place], data, redis, archive, isLate });
    const { child, message } = await started(serverProgram, [words]);
    this.#ports[place] = message.port;
    return child;
  }

  async #startPages(half, url) {
    const tags = this.#tagsSoFar();
    const life = ++this.#lives;
    const devices = deviceNames.filter((_, n) => n % 2 === half).map((name) => ({
      name, life,
      folder: join(this.#folder, name),
      usesSockets: name !== 'hana',
      tags: tags.get(name) ?? deviceNames.indexOf(name) + 1,
    }));
    for (const { name } of devices) this.#living.set(name, `${name}.${life}`);
    const words = {
      journal: this.#journal, url, seed: this.#below(2 ** 31), devices,
      devicesInAll: deviceNames.length,
    };
    return (await started(pageProgram, [JSON.stringify(words)])).child;
  }

  /** A device goes on with its tags where its last page ended. */
  #tagsSoFar() {
    const tags = new Map();
    for (const { page, asked } of this.lines()) {
      if (asked !== undefined) tags.set(page.split('.')[0], asked);
    }
    return tags;
  }

  /** What the pages noted, line by line. */
  lines() {
    if (!existsSync(this.#journal)) return [];
    const text = readFileSync(this.#journal, 'utf8');
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  // ---- What happens to them

  async rage(seconds) {
    const end = Date.now() + seconds * 1000;
    const until = async (step) => {
      while (Date.now() < end) await step();
    };
    await Promise.all([
      ...this.#servers.map((server) => until(() => this.#hurtServer(server))),
      until(() => this.#hurtRedis()),
      until(() => this.#hurtPages()),
      until(() => this.#hurtNetwork()),
    ]);
    this.#isOver = true;
  }

  async #hurtServer(server) {
    await pause(100 + this.#below(700));
    // Of several one is frozen for longer than it may lead, and goes on.
    if (this.#servers.length > 1 && this.#below(3) === 0) {
      return server.freeze(500 + this.#below(1500));
    }
    if (this.#below(4) === 0) await server.freeze(50 + this.#below(500));
    await server.kill();
    await pause(this.#below(150));
    return server.start();
  }

  async #hurtRedis() {
    await pause(1000 + this.#below(4000));
    if (this.#redis === null) return;
    if (this.#below(2) === 0) {
      this.#redis.freeze();
      await pause(50 + this.#below(1500));
      return this.#redis.thaw();
    }
    this.#redisKills++;
    await this.#redis.kill();
    await pause(this.#below(500));
    return this.#redis.start();
  }

  async #hurtPages() {
    await pause(400 + this.#below(3000));
    const page = this.#pages[this.#below(2)];
    if (this.#below(2) === 0) return page.freeze(50 + this.#below(1500));
    await page.kill();
    await pause(this.#below(300));
    return page.start();
  }

  async #hurtNetwork() {
    await pause(100 + this.#below(600));
    if (this.#below(8) === 0) {
      this.#network.shut();
      await pause(this.#below(500));
      return this.#network.open();
    }
    const kind = ['cut', 'dropped', 'one way', 'delayed'][this.#below(4)];
    const heal = this.#network.disturb(kind, () => this.#below(2) === 0);
    await pause(100 + this.#below(1500));
    return heal();
  }

  // ---- How it ends

  /** Nobody writes any more, nothing is broken: whether all came to rest, and how. */
  async heal() {
    for (const page of this.#pages) page.child.send('rest');
    const start = Date.now();
    let ends = [];
    let isAtRest = false;
    while (!isAtRest && Date.now() - start < healMillisMax) {
      await pause(100);
      ends = (await Promise.all(this.#pages.map((page) => page.ask('ends')))).flat();
      isAtRest =
        ends.every(({ pending, rows, status }) => pending + rows === 0 && status === 'online') &&
        new Set(ends.map(({ digest }) => digest)).size === 1;
    }
    for (const page of this.#pages) await page.leave();
    return { ends, healMillis: Date.now() - start };
  }

  /** A page that was never here, at a server that knows only what is on its disk. */
  async witness() {
    for (const server of this.#servers) await server.kill();
    for (const server of this.#servers) await server.start();
    return lookAt(`ws://127.0.0.1:${this.#ports[0]}`);
  }

  async close() {
    for (const { child } of [...this.#servers, ...this.#pages]) {
      if (child?.exitCode !== null || child.signalCode !== null) continue;
      const over = once(child, 'exit');
      child.kill('SIGKILL');
      await over;
    }
    this.#network.close();
    await this.#redis?.kill();
  }

  report() {
    return {
      'server kills': this.#servers.reduce((sum, { kills }) => sum + kills, 0),
      'server freezes': this.#servers.reduce((sum, { freezes }) => sum + freezes, 0),
      ...(this.#redis === null ? {} : { 'redis kills': this.#redisKills }),
      'page kills': this.#pages.reduce((sum, { kills }) => sum + kills, 0),
      'page freezes': this.#pages.reduce((sum, { freezes }) => sum + freezes, 0),
      ...this.#network.counts,
    };
  }

  get living() {
    return new Set(this.#living.values());
  }
}

/** Plays so many seconds. What happened, and what was wrong with it. */
export async function playChaos({ seconds, seed, folder, store = 'lmdb', servers = 1 }) {
  const chaos = new Chaos({ seed, folder, servers, store });
  try {
    await chaos.begin(store);
    await chaos.rage(seconds);
    const { ends, healMillis } = await chaos.heal();
    const seen = await chaos.witness();
    const log = await rowsIn(chaos.disk, space);
    const history = historyOf(chaos, { ends, seen, log });
    return {
      faults: faultsOf(history),
      report: { ...reportOn(history), ...chaos.report(), 'milliseconds to heal': healMillis },
    };
  } finally {
    await chaos.close();
  }
}

function historyOf(chaos, { ends, seen, log }) {
  const { living } = chaos;
  const history = { strategies, asked: [], told: [], stored: [], reads: [], log, living };
  for (const { asked, told, stored, read, ...line } of chaos.lines()) {
    if (asked !== undefined) history.asked.push({ ...line, tag: asked });
    if (told !== undefined) history.told.push({ ...line, tag: told });
    if (stored !== undefined) history.stored.push({ ...line, tag: stored });
    if (read !== undefined) history.reads.push({ ...line, key: read });
  }
  history.sums = seen.sums;
  history.ends = Object.fromEntries(ends.map(({ name, digest }) => [name, digest]));
  history.ends.witness = seen.digest;
  history.outboxes = Object.fromEntries(ends.map(({ name, pending, rows }) => [name, pending + rows]));
  return history;
}

function reportOn({ asked, told, stored, reads, log }) {
  const refusals = {};
  for (const { code } of told) if (code !== null) refusals[code] = (refusals[code] ?? 0) + 1;
  return {
    ops: asked.length, decided: log.length, acknowledged: told.filter(({ code }) => code === null).length,
    'only stored': stored.length, reads: reads.length, refusals,
  };
}

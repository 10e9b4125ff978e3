// Chaos in a real browser: four tabs and a frame write to a server, while tabs crash, freeze, are
// loaded again, put into the back/forward cache and closed, the browser is killed, the server dies
// and the network goes. When it is over everything heals, and what was asked for, told and read is
// held against the log on the server's disk (tests/chaos/history.js).
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultsOf } from '../../chaos/history.js';
import { rowsIn } from '../../chaos/log_rows.js';
import { Network } from '../../chaos/network.js';
import { lookAt } from '../../chaos/witness.js';
import { space, strategies } from '../../chaos/work.js';
import { Random } from '../../js/random.js';
import { startChromium, untilIn } from './chromium.js';
import { startServer } from './server.js';

const serverProgram = fileURLToPath(new URL('../../chaos/server.js', import.meta.url));
const tabsInAll = 4;
/** How long everything may take to come to rest once nothing is broken any more. */
const healMillisMax = 60_000;
/** How long a browser may take for what it is asked to do with a tab. */
const patienceMillis = 15_000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

function inTime(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took too long`)), patienceMillis);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The chaos's server, in a process of its own. */
async function startSync({ folder, archive }) {
  const words = JSON.stringify({ port: 0, data: folder, archive });
  const child = fork(serverProgram, [words]);
  const over = once(child, 'exit');
  const [{ port }] = await Promise.race([
    once(child, 'message'),
    over.then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  const kill = async () => {
    child.kill('SIGKILL');
    await over;
  };
  return { port, url: `ws://127.0.0.1:${port}`, kill };
}

class BrowserChaos {
  #folder;
  #profile;
  #random;
  #isFull;
  #network = new Network();
  #server;
  #pages;
  #browser;
  /** By place; null while somebody is at work on it. */
  #tabs = Array.from({ length: tabsInAll }, () => null);
  /** How often each place was given to a new tab. */
  #turns = this.#tabs.map(() => 0);
  /** What was given up because it took too long may still be under way. */
  #late = [];
  #url;
  #lastTag = 0;
  /** No one else may open the network. */
  #isParted = false;
  counts = {};

  /** `isFull`: what it has room for is at its end now and then (`profile` is on a small disk). */
  constructor({ seed, folder, profile, isFull }) {
    this.#folder = folder;
    this.#random = new Random(seed);
    this.#profile = profile;
    this.#isFull = isFull;
    mkdirSync(this.disk.folder, { recursive: true });
  }

  get disk() {
    return { folder: join(this.#folder, 'server'), archive: join(this.#folder, 'archive') };
  }
  get #journal() {
    return join(this.#folder, 'journal');
  }
  #below(most) {
    return this.#random.below(Math.floor(most));
  }
  #count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  // ---- Who takes part

  async begin() {
    this.#server = await startSync(this.disk);
    const port = await this.#network.listen(() => this.#server.port);
    this.#url = `ws://127.0.0.1:${port}`;
    this.#pages = await startServer({
      '/note': (line) => appendFileSync(this.#journal, `${line}\n`),
      '/tags': () => (this.#lastTag += 1000),
    });
    await this.#startBrowser();
  }

  async #startBrowser() {
    this.#browser = await startChromium({ profile: this.#profile });
    await Promise.all(this.#tabs.map((_, place) => this.#openTab(place)));
  }

  #address(place) {
    const frame = place === 0 ? '&frame=1' : '';
    const full = this.#isFull ? '&full=1' : '';
    return `${this.#pages.origin}/pages/chaos.html?server=${this.#url}${frame}${full}`;
  }

  /** In a window of its own, so that it is visible. Only the last one of a place stays. */
  async #openTab(place) {
    const turn = ++this.#turns[place];
    const { context, control } = this.#browser;
    const name = randomUUID();
    const url = `${this.#pages.origin}/pages/blank.html?${name}`;
    const opened = context.waitForEvent('page', (page) => page.url().endsWith(name));
    await control.send('Target.createTarget', { url, newWindow: true });
    const page = await inTime('a window', opened);
    await page.goto(this.#address(place), { waitUntil: 'commit' });
    if (this.#turns[place] !== turn) return page.close();
    this.#tabs[place] = page;
    return undefined;
  }

  async #tell(page, method, parameters = {}) {
    const session = await page.context().newCDPSession(page);
    try {
      return await session.send(method, parameters);
    } finally {
      await session.detach().catch(() => {});
    }
  }

  // ---- What happens to them

  async rage(seconds) {
    const end = Date.now() + seconds * 1000;
    const until = async (step) => {
      while (Date.now() < end) await step();
    };
    await Promise.all([
      until(() => this.#hurtTabs()),
      until(() => this.#hurtServer()),
      until(() => this.#hurtNetwork()),
      ...(this.#isFull ? [until(() => this.#fillDisk())] : []),
    ]);
  }

  async #hurtTabs() {
    await pause(150 + this.#below(600));
    if (this.#below(8) === 0) return this.#killBrowser();
    const place = this.#below(tabsInAll);
    const kinds = ['crash', 'freeze', 'reload', 'back', 'close', 'freeze'];
    const kind = kinds[this.#below(kinds.length)];
    this.#count(kind);
    const page = this.#tabs[place];
    const step = this[`_${kind}`](page, place);
    try {
      return await inTime(kind, step);
    } catch (error) {
      // Nobody says that a tab under way to somewhere else must do as it is told: it is replaced.
      this.#count(`${kind} failed`);
      this.#late.push(step.catch(() => {}));
      this.#tabs[place] = null;
      this.lastTrouble = String(error);
      await page.close().catch(() => {});
      return this.#openTab(place);
    }
  }

  async _crash(page, place) {
    const crashed = new Promise((resolve) => page.once('crash', resolve));
    const session = await page.context().newCDPSession(page);
    session.send('Page.crash').catch(() => {}); // Who would answer is gone.
    await crashed;
    await page.close();
    if (this.#tabs[place] === page) await this.#openTab(place);
  }

  async _freeze(page) {
    await this.#tell(page, 'Page.setWebLifecycleState', { state: 'frozen' });
    await pause(100 + this.#below(2500));
    await this.#tell(page, 'Page.setWebLifecycleState', { state: 'active' });
  }

  async _reload(page) {
    await page.reload({ waitUntil: 'commit' });
  }

  async _back(page) {
    await page.goto(`${this.#pages.origin}/pages/blank.html`, { waitUntil: 'commit' });
    await pause(this.#below(1000));
    await page.goBack({ waitUntil: 'commit' });
  }

  async _close(page, place) {
    await page.close();
    await pause(this.#below(200));
    if (this.#tabs[place] === page) await this.#openTab(place);
  }

  /** Half of the time while nobody can be reached: then all that is left is what lies on its disk. */
  async #killBrowser() {
    const isParted = this.#below(2) === 0;
    this.#count(isParted ? 'browser kills offline' : 'browser kills');
    if (isParted) {
      this.#isParted = true;
      this.#part();
      await pause(300 + this.#below(700));
    }
    await this.#browser.kill();
    await pause(this.#below(300));
    await this.#startBrowser();
    if (!isParted) return;
    this.#isParted = false;
    this.#network.open();
  }

  #part() {
    this.#network.shut();
    this.#network.disturb('cut', () => true);
  }

  async #hurtServer() {
    await pause(500 + this.#below(2500));
    this.#count('server kills');
    await this.#server.kill();
    await pause(this.#below(800));
    this.#server = await startSync(this.disk);
  }

  async #hurtNetwork() {
    await pause(200 + this.#below(1200));
    if (this.#below(3) === 0) {
      this.#count('offline');
      this.#part();
      await pause(200 + this.#below(1500));
      if (!this.#isParted) this.#network.open();
      return undefined;
    }
    const kind = ['cut', 'dropped', 'one way', 'delayed'][this.#below(4)];
    const heal = this.#network.disturb(kind, () => true);
    await pause(100 + this.#below(1500));
    return heal();
  }

  /** Takes the room that is left on the browser's disk, for a while. */
  async #fillDisk() {
    await pause(1000 + this.#below(2000));
    const filler = join(this.#profile, '..', 'filler');
    this.#count('full disks');
    for (const bytes of [1024 * 1024, 64 * 1024, 4096]) {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(bytes));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
    await pause(500 + this.#below(2500));
    rmSync(filler, { force: true });
  }

  // ---- How it ends

  async #endsOf() {
    const look = () => window.chaos.ends();
    const ends = await Promise.all(
      this.#tabs.map((page) => inTime('a look', page.evaluate(look))),
    );
    return ends.flat();
  }

  async #untilReady(page) {
    const isReady = () => window.chaos?.isReady();
    const look = () => [location.href, document.readyState, document.visibilityState].join(' ');
    try {
      await untilIn(page, isReady, { timeout: healMillisMax });
    } catch (error) {
      const seen = await inTime('a look', page.evaluate(look)).catch(String);
      const story = JSON.stringify({ ...this.counts, trouble: this.lastTrouble });
      throw new Error(`a tab did not get to work: ${seen}; ${story}`, { cause: error });
    }
  }

  /** Nobody writes any more, nothing is broken: whether all came to rest, and how. */
  async heal() {
    await Promise.race([Promise.all(this.#late), pause(patienceMillis)]);
    const bringToRest = async (page) => {
      await this.#untilReady(page);
      await page.evaluate(() => window.chaos.rest());
    };
    await Promise.all(this.#tabs.map(bringToRest));
    const start = Date.now();
    let ends = [];
    let isAtRest = false;
    while (!isAtRest && Date.now() - start < healMillisMax) {
      await pause(200);
      ends = await this.#endsOf();
      isAtRest =
        ends.length === tabsInAll + 1 &&
        ends.every(({ waiting, rows, status }) => waiting + rows === 0 && status === 'online') &&
        new Set(ends.map(({ digest }) => digest)).size === 1;
    }
    return { ends, healMillis: Date.now() - start };
  }

  /** A page that was never here, at a server that knows only what is on its disk. */
  async witness() {
    await this.#server.kill();
    this.#server = await startSync(this.disk);
    return lookAt(this.#server.url);
  }

  async close() {
    await this.#browser?.close().catch(() => {});
    await this.#server?.kill();
    await this.#pages?.close();
    this.#network.close();
  }

  /** What the pages noted, line by line. */
  lines() {
    if (!existsSync(this.#journal)) return [];
    const text = readFileSync(this.#journal, 'utf8');
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  keep(name, what) {
    writeFileSync(join(this.#folder, name), JSON.stringify(what, null, 1));
  }
}

/** Plays so many seconds. What happened, and what was wrong with it. */
export async function playBrowserChaos({ seconds, seed, folder, profile, isFull = false }) {
  const chaos = new BrowserChaos({ seed, folder, profile, isFull });
  try {
    await chaos.begin();
    await chaos.rage(seconds);
    const { ends, healMillis } = await chaos.heal();
    const seen = await chaos.witness();
    const log = await rowsIn(chaos.disk, space);
    const history = historyOf(chaos, { ends, seen, log });
    chaos.keep('ends.json', { ends, trouble: chaos.lastTrouble });
    const { asked, told, stored, reads } = history;
    const report = {
      ops: asked.length, decided: log.length, stored: stored.length, reads: reads.length,
      acknowledged: told.filter(({ code }) => code === null).length,
      discarded: told.filter(({ code }) => code === 'DISCARDED').length,
      ...chaos.counts, 'milliseconds to heal': healMillis,
    };
    return { faults: faultsOf(history), report, ends };
  } finally {
    await chaos.close();
  }
}

function historyOf(chaos, { ends, seen, log }) {
  const living = new Set(ends.map(({ name }) => name));
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
  history.outboxes = Object.fromEntries(
    ends.map(({ name, waiting, rows }) => [name, waiting + rows]),
  );
  return history;
}

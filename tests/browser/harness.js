// The harness: one Chromium and one server for a test file, one namespace for a test, tabs as
// pages.
//
//   test('two tabs agree', inCluster(async (cluster) => {
//     const [first, second] = await cluster.openAll(2);
//     …
//   }));
//
// When the body of a test is done, its tabs have to come to rest and agree, down to the digests
// in their cores and to what the native build makes of their logs (support/agreement.js); no
// page may have thrown, and no error may have been told that the test did not take.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { replay } from '../replay/replay.js';
import { checkReplay, rest, summary, until, unrest } from './support/agreement.js';
import { insecureHost, startChromium } from './support/chromium.js';
import { installProbe } from './support/probe.js';
import { startServer } from './support/server.js';

let parts;
let testCount = 0;

// Where nothing native was built yet, this takes a while: no test is to wait for it.
before(() => replay(Buffer.alloc(0)));

after(async () => {
  const { browser, server } = (await parts) ?? {};
  await browser?.close();
  await server?.close();
});

async function startParts() {
  const [browser, server] = await Promise.all([startChromium(), startServer()]);
  await browser.context.addInitScript(installProbe);
  return { browser, server };
}

/** One page of the cluster. */
export class Tab {
  /** Tabs of one group must agree. */
  group;
  isGone = false;
  /** It can't answer a question now. */
  isAway = false;
  pageErrors = [];
  #stalls;
  #stall;

  constructor(page, group, stalls) {
    this.page = page;
    this.group = group;
    this.#stalls = stalls;
    page.on('pageerror', (error) => this.pageErrors.push(String(error)));
  }

  evaluate(run, argument) {
    return this.page.evaluate(run, argument);
  }

  /** Waits until `run` gives something true in the page. */
  until(what, run, argument, options) {
    return until(what, () => this.evaluate(run, argument), options);
  }

  /** What is in this page's cores, one look per core. */
  look() {
    return this.evaluate(() => window.probe.look());
  }

  role() {
    return this.evaluate(() => window.tab.manager.tabs.role);
  }

  set(key, value) {
    return this.evaluate(async ([name, what]) => (await window.tab.set(name, what)).toJSON(), [
      key,
      value,
    ]);
  }

  async get(key) {
    return (await this.read([key]))[0].value;
  }

  read(keys) {
    return this.evaluate((names) => window.tab.read(names), keys);
  }

  run(steps) {
    return this.evaluate((list) => window.tab.run(list), steps);
  }

  /** What `onError` heard since the last time. */
  takeErrors() {
    return this.evaluate(() => window.tab?.errors.splice(0) ?? []);
  }

  async #tell(method, parameters) {
    const session = await this.page.context().newCDPSession(this.page);
    try {
      return await session.send(method, parameters);
    } finally {
      await session.detach();
    }
  }

  /** Frozen as by the browser: hidden first, told (unless `freeze=ignored`), then stopped. */
  async freeze() {
    this.isAway = true;
    await this.#tell('Page.setWebLifecycleState', { state: 'frozen' });
  }

  /** Goes on where it was stopped, still hidden. */
  async thaw() {
    await this.#tell('Page.setWebLifecycleState', { state: 'active' });
    this.isAway = false;
  }

  /**
   * Stops the page in the middle of a task. Frozen pages of Chromium still hear the channel;
   * this one hears nothing and keeps what it holds, the leader's lock too. When it goes on it
   * first writes `lastWord`, in the same task.
   */
  async stall(lastWord) {
    this.isAway = true;
    this.#stall = randomUUID();
    await this.evaluate(([id, key]) => {
      setTimeout(() => {
        const request = new XMLHttpRequest();
        request.open('GET', `/stall?id=${id}`, false);
        request.send();
        void window.tab.set(key, id);
      });
    }, [this.#stall, lastWord]);
    await this.#stalls.until(this.#stall);
  }

  goOn() {
    this.#stalls.end(this.#stall);
    this.isAway = false;
  }

  /** The page's process ends in the middle of whatever it does. Not for stalled pages. */
  async crash() {
    this.isGone = true;
    const session = await this.page.context().newCDPSession(this.page);
    const crashed = new Promise((resolve) => this.page.once('crash', resolve));
    // The answer never comes: who would give it is gone.
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.page.close();
  }

  async close() {
    this.isGone = true;
    this.goOn();
    await this.page.close();
  }
}

/** The tabs of one test. */
class Cluster {
  tabs = [];

  #browser;
  #server;
  #name;

  constructor({ browser, server }, name) {
    this.#browser = browser;
    this.#server = server;
    this.#name = name;
  }

  /** Tabs of one group share a namespace, and with it channel and locks. */
  namespace(group = 'main') {
    return `${this.#name}.${group}`;
  }

  address(path, { query = {}, group, isInsecure = false } = {}) {
    const url = new URL(path, this.#server.origin);
    if (isInsecure) url.hostname = insecureHost;
    url.searchParams.set('namespace', this.namespace(group));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /** An empty page in a window of its own, so that it is visible. */
  async #openPage() {
    const { context, control } = this.#browser;
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      control.send('Target.createTarget', { url: 'about:blank', newWindow: true }),
    ]);
    return page;
  }

  /** Opens a tab and waits for its scripts, not for its role. */
  async open(options = {}) {
    const { path = '/pages/tab.html', group = 'main' } = options;
    const tab = new Tab(await this.#openPage(), group, this.#server.stalls);
    this.tabs.push(tab);
    await tab.page.goto(this.address(path, options));
    return tab;
  }

  async openAll(count, options) {
    const tabs = [];
    for (let i = 0; i < count; i++) tabs.push(await this.open(options));
    return tabs;
  }

  /** Tabs that are already there open a page of another group in the same instant. */
  async openTogether(tabs, group, options = {}) {
    const address = this.address('/pages/tab.html', { ...options, group });
    for (const tab of tabs) tab.group = group;
    await Promise.all(tabs.map((tab) => tab.page.goto(address)));
  }

  /** Tabs that can do something. */
  live(group = 'main') {
    return this.tabs.filter((tab) => !tab.isGone && !tab.isAway && tab.group === group);
  }

  async looks(group) {
    const looks = await Promise.all(this.live(group).map((tab) => tab.look()));
    return looks.flat();
  }

  /** Waits until the tabs of a group agree. */
  rest(group, options) {
    return rest(() => this.looks(group), options);
  }

  /** Waits until some tab leads. */
  leader(group, options) {
    const find = async () => {
      const tabs = this.live(group);
      const roles = await Promise.all(tabs.map((tab) => tab.role()));
      return tabs[roles.indexOf('leader')];
    };
    const explain = async () => summary(await this.looks(group));
    return until('a tab leads', find, { explain, ...options });
  }

  /** What is true at the end of every test. */
  async check() {
    const groups = new Set(this.tabs.filter((tab) => !tab.isGone).map((tab) => tab.group));
    for (const group of groups) await this.#checkGroup(group);
  }

  async #checkGroup(group) {
    const looks = await this.looks(group);
    if (looks.some(({ role }) => role !== 'alone')) await this.rest(group);
    for (const tab of this.live(group)) {
      assert.deepEqual(tab.pageErrors, [], 'a page threw');
      assert.deepEqual(await tab.takeErrors(), [], 'an error was told that nobody expected');
    }
    for (const tab of this.live(group)) await checkJournals(tab);
    const after = await this.looks(group);
    if (after.some(({ role }) => role !== 'alone')) assert.equal(unrest(after), undefined);
  }

  async close() {
    await Promise.all(this.tabs.filter((tab) => !tab.isGone).map((tab) => tab.close()));
  }
}

async function checkJournals(tab) {
  const found = await tab.evaluate(() => ({
    looks: window.probe.look(),
    journals: window.probe.keepsJournal ? window.probe.journals() : [],
  }));
  for (const [place, journal] of found.journals.entries()) {
    await checkReplay(found.looks[place], Buffer.from(journal, 'base64'));
  }
}

/** A test's function: a fresh namespace, `body`, and then what is true at the end of every test. */
export function inCluster(body) {
  return async (t) => {
    parts ??= startParts();
    const cluster = new Cluster(await parts, `test-${++testCount}`);
    try {
      await body(cluster, t);
      await cluster.check();
    } finally {
      await cluster.close();
    }
  };
}

export { until };

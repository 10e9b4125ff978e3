// Several tabs in one process: a lock manager and a channel as a browser has them, and a time
// that passes only when a test says so.
//
// A tab is a page made by the package's own openPage, so everything but the browser's part is
// real: glue, core, frames. What one tab posts reaches each other tab in order; between two pairs
// of tabs any order may happen, and with a seed the world picks one at random.
import { forget, openManager, pageOf } from './harness.js';
import { Random } from './random.js';

/** Web Locks for several clients, exclusive ones only: request, steal, abort, query. */
export class FakeLocks {
  #held = new Map();
  #queues = new Map();

  /** What `navigator.locks` is in one tab. */
  clientOf(tab) {
    return {
      request: (name, options, callback) => this.#request(tab, name, options, callback),
      query: async () => ({
        held: [...this.#held].map(([name, { tab: { id } }]) => ({ name, clientId: id })),
        pending: [...this.#queues].flatMap(([name, queue]) => queue.map(() => ({ name }))),
      }),
    };
  }

  heldBy(tab) {
    return [...this.#held].filter(([, lock]) => lock.tab === tab).map(([name]) => name);
  }

  /** The tab is gone: what it held or waited for is free, and none of its code runs. */
  drop(tab) {
    for (const [name, queue] of this.#queues) {
      this.#queues.set(name, queue.filter((request) => request.tab !== tab));
    }
    for (const name of this.heldBy(tab)) {
      this.#held.delete(name);
      this.#grantNext(name);
    }
  }

  #request(tab, name, { steal = false, signal } = {}, callback) {
    if (steal && signal !== undefined) {
      return Promise.reject(new DOMException('steal and signal', 'NotSupportedError'));
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const request = { tab, callback, resolve, reject };
      signal?.addEventListener('abort', () => {
        const queue = this.#queues.get(name) ?? [];
        const place = queue.indexOf(request);
        if (request.isGranted) return; // Too late.
        if (place >= 0) queue.splice(place, 1);
        request.isGivenUp = true;
        reject(signal.reason);
      });
      // The lock manager is another process: it hears of the request later.
      setImmediate(() => this.#arrive(name, request, steal));
    });
  }

  #arrive(name, request, steal) {
    if (request.isGivenUp || request.tab.isGone) return;
    if (steal) {
      this.#takeAway(name);
      this.#grant(name, request);
      return;
    }
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    queue.push(request);
    this.#grantNext(name);
  }

  #takeAway(name) {
    const lock = this.#held.get(name);
    if (lock === undefined) return;
    this.#held.delete(name);
    lock.tab.run(() => lock.reject(new DOMException('stolen', 'AbortError')));
  }

  #grantNext(name) {
    if (this.#held.has(name)) return;
    const request = this.#queues.get(name)?.shift();
    if (request !== undefined) this.#grant(name, request);
  }

  #grant(name, request) {
    this.#held.set(name, request);
    request.isGranted = true;
    request.tab.run(() =>
      queueMicrotask(async () => {
        const result = await request.callback({ name, mode: 'exclusive' });
        if (this.#held.get(name) === request) {
          this.#held.delete(name);
          this.#grantNext(name);
        }
        request.resolve(result);
      }),
    );
  }
}

/** Carries copies of frames between all tabs whose channel is open. */
export class FakeChannel {
  #receivers = new Map();
  #lines = new Map();

  adapterOf(tab) {
    return {
      post: (bytes) => this.post(tab, bytes),
      onMessage: (receive) => {
        this.#receivers.set(tab, receive);
        return () => this.close(tab);
      },
      close: () => this.close(tab),
    };
  }

  post(from, bytes) {
    from.sent.push(bytes.slice());
    for (const to of this.#receivers.keys()) if (to !== from) this.#queue(from, to, bytes.slice());
  }

  /** Bytes that nobody of the cluster made. */
  inject(to, bytes) {
    this.#queue(null, to, bytes);
  }

  isOpen(tab) {
    return this.#receivers.has(tab);
  }

  close(tab) {
    this.#receivers.delete(tab);
  }

  /** Delivers one frame to a tab that is awake; false when there is none. */
  deliverOne(random) {
    const ready = [...this.#lines.values()].filter(
      ({ to, frames }) => frames.length > 0 && !to.isFrozen,
    );
    if (ready.length === 0) return false;
    const { to, frames } = random === undefined ? ready[0] : random.pick(ready);
    const frame = frames.shift();
    this.#receivers.get(to)?.(frame);
    return true;
  }

  #queue(from, to, bytes) {
    const name = `${from?.id} to ${to.id}`;
    const line = this.#lines.get(name) ?? { to, frames: [] };
    this.#lines.set(name, line);
    line.frames.push(bytes);
  }
}

const stepMillis = 10;
/** More frames than this without a pause are an endless conversation. */
const quietFramesMax = 20_000;

class World {
  now = 1_700_000_000_000;
  locks = new FakeLocks();
  channel = new FakeChannel();
  tabs = [];
  #timers;
  #random;

  constructor(timers, seed) {
    this.#timers = timers;
    this.#random = seed === undefined ? undefined : new Random(seed);
  }

  open({ unitId = 'cart', place = {}, journal = false, ...options } = {}) {
    const tab = new Tab(this, this.tabs.length);
    this.tabs.push(tab);
    const given = {
      channel: this.channel.adapterOf(tab),
      clock: () => this.now,
      onError: (error) => tab.errors.push(error),
      ...options,
    };
    const parts = { locks: this.locks.clientOf(tab), keepsJournal: journal };
    tab.manager = openManager(given, parts);
    tab.unit = tab.manager.createUnitStateStore(unitId, place);
    return tab;
  }

  /** Until nothing is on its way; the time stands still. */
  async settle() {
    for (let frames = 0; frames < quietFramesMax; frames++) {
      await runTasks();
      if (!this.channel.deliverOne(this.#random)) return;
    }
    throw new Error('the tabs do not come to rest');
  }

  /** One step of whatever is on its way, for tests that write meanwhile. */
  async step() {
    this.channel.deliverOne(this.#random);
    await runTasks();
  }

  async advance(millis) {
    for (let passed = 0; passed < millis; passed += stepMillis) {
      this.now += stepMillis;
      this.#timers.tick(stepMillis);
      await this.settle();
    }
  }
}

class Tab {
  sent = [];
  errors = [];
  isFrozen = false;
  isGone = false;
  #world;
  #backlog = [];

  constructor(world, id) {
    this.#world = world;
    this.id = id;
  }

  get page() {
    return pageOf(this.manager);
  }

  /** The browser calls into the tab: not while it is frozen. */
  run(call) {
    if (this.isFrozen) this.#backlog.push(call);
    else call();
  }

  /** Gone without a word, as when the renderer crashes. */
  crash() {
    this.isGone = true;
    this.page.store.isClosed = true;
    this.#world.channel.close(this);
    this.#world.locks.drop(this);
    forget(this.manager);
  }

  /** None of its code runs; locks are kept and frames pile up. */
  freeze() {
    this.isFrozen = true;
    this.page.store.isClosed = true;
  }

  thaw() {
    this.isFrozen = false;
    this.page.store.isClosed = false;
    for (const call of this.#backlog.splice(0)) call();
    // A timer that was due meanwhile fires now.
    this.page.store.beginTask();
    this.page.store.settle();
  }
}

/** Lets everything run that is ready: promises, microtasks, the ends of tasks. */
async function runTasks() {
  for (let i = 0; i < 2; i++) await new Promise(setImmediate);
}

/** A world for one test; its time stands still until `advance`. */
export function openTabs(t, { seed } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return new World(t.mock.timers, seed);
}

export function assertAgree(tabs, read) {
  const [first, ...others] = tabs.map(read);
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(first)) {
      throw new Error(`tabs differ: ${JSON.stringify(first)} and ${JSON.stringify(other)}`);
    }
  }
}

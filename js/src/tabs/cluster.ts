/**
 * This tab's wires to the others: channel, locks, timer and the page's life. It carries and
 * decides nothing; who leads and what is sent is the core's business (core/replica/peer.h).
 *
 * A page that is put away (back/forward cache) or frozen gives everything back first and joins
 * again as a new tab when it returns; a message or lock request aimed at it would evict it.
 */
import { Signal, Wish } from '../bridge.js';
import type { Store } from '../store.js';
import type { ChannelAdapter } from '../types.js';
import { HeldLock, liveSessions, type LockEvents, type Locks } from './lock.js';

export interface Wires {
  readonly locks: Locks;
  readonly openChannel: () => ChannelAdapter;
  /** Names the cluster's locks: origin, namespace and user are in it. */
  readonly name: string;
}

const timeoutMillisMax = 2 ** 31 - 1;
/** How long a page that returns from the cache waits for the one it replaces to be put there. */
const returnMillis = 100;

export class Cluster {
  readonly #store: Store;
  readonly #wires: Wires;
  readonly #leaderLock: HeldLock;
  readonly #sessionLock: HeldLock;
  readonly #onDenied: () => void;
  #channel: ChannelAdapter | null = null;
  /** Made before the channel was open. */
  #unsent: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDeadline = Infinity;
  #isAway = false;
  #isCached = false;
  #returnTimer: ReturnType<typeof setTimeout> | undefined;
  #isDenied = false;
  #ends: (() => void)[] = [];

  /** `onDenied`: this page may not use the lock manager, so the tab works alone. */
  constructor(store: Store, wires: Wires, onDenied: () => void) {
    this.#store = store;
    this.#wires = wires;
    this.#onDenied = onDenied;
    this.#leaderLock = new HeldLock(wires.locks, `${wires.name}/leader`);
    this.#sessionLock = new HeldLock(wires.locks, `${wires.name}/session/${store.session}`);
  }

  start(): void {
    this.#store.onFrames = (frames) => frames.forEach((frame) => this.#post(frame));
    this.#store.onWishes = () => this.#fulfil(this.#store.bridge.takeWishes());
    this.#store.onTimer = (deadline) => this.#schedule(deadline);
    this.#open();
    this.#listenToPage();
    this.#signal(Signal.join);
  }

  stop(): void {
    if (!this.#isAway) this.#goAway();
    clearTimeout(this.#returnTimer);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #open(): void {
    // Nobody hears of this tab before its session lock is held: whoever knows of it and asks who
    // is alive must find it, or would not wait for its answer.
    const granted = (): void => this.#openChannel();
    this.#sessionLock.request({ granted, lost: () => {}, denied: () => {} });
  }

  #openChannel(): void {
    if (this.#isDenied) return;
    this.#channel = this.#wires.openChannel();
    this.#channel.onMessage((frame) => this.#store.enter(() => this.#store.bridge.receive(frame)));
    for (const frame of this.#unsent.splice(0)) this.#channel.post(frame);
  }

  #post(frame: Uint8Array): void {
    if (this.#channel !== null) this.#channel.post(frame);
    else if (!this.#isAway && !this.#isDenied) this.#unsent.push(frame);
  }

  #signal(signal: number): void {
    this.#store.enter(() => this.#store.bridge.signal(signal));
  }

  #fulfil(wishes: number): void {
    const events: LockEvents = {
      granted: () => this.#signal(Signal.lockGranted),
      lost: () => this.#signal(Signal.lockLost),
      denied: () => this.#leadAlone(),
    };
    if ((wishes & Wish.releaseLock) !== 0) this.#leaderLock.release();
    if ((wishes & Wish.requestLock) !== 0) this.#leaderLock.request(events);
    if ((wishes & Wish.stealLock) !== 0) this.#leaderLock.request(events, true);
    if ((wishes & Wish.querySessions) !== 0) void this.#querySessions();
  }

  /** Nobody can be told apart from a leader here: this tab decides, and is heard by nobody. */
  #leadAlone(): void {
    this.#isDenied = true;
    this.#channel?.close();
    this.#channel = null;
    this.#unsent = [];
    this.#onDenied();
    this.#signal(Signal.lockGranted);
  }

  async #querySessions(): Promise<void> {
    const prefix = `${this.#wires.name}/session/`;
    const found = await liveSessions(this.#wires.locks, prefix);
    const sessions = this.#isDenied ? [this.#store.session] : found;
    const bytes = new Uint8Array(sessions.length * 16);
    sessions.forEach((hex, place) => {
      for (let i = 0; i < 16; i++) {
        bytes[place * 16 + i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
      }
    });
    this.#store.enter(() => this.#store.bridge.sessionsFound(bytes));
  }

  #schedule(deadline: number): void {
    if (deadline === this.#timerDeadline) return;
    this.#timerDeadline = deadline;
    clearTimeout(this.#timer);
    if (deadline === Infinity) return;
    const delay = Math.min(Math.max(deadline - this.#store.now, 0), timeoutMillisMax);
    this.#timer = setTimeout(() => {
      this.#timerDeadline = Infinity;
      this.#signal(Signal.tick);
    }, delay);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Sends what is left, gives both locks back and falls silent. */
  #goAway(): void {
    this.#isAway = true;
    this.#store.endTask(); // Whoever leaves has no say in what is written any more.
    this.#signal(Signal.leave);
    this.#store.endTask();
    this.#signal(Signal.suspend);
    clearTimeout(this.#timer);
    this.#timerDeadline = Infinity;
    this.#leaderLock.release();
    this.#sessionLock.release();
    this.#channel?.close();
    this.#channel = null;
    this.#unsent = [];
  }

  #comeBack(): void {
    if (!this.#isAway || this.#store.isOver) return;
    this.#isAway = false;
    this.#open();
    this.#signal(Signal.resume);
  }

  #listenToPage(): void {
    if (typeof document === 'undefined') return;
    const listen = (target: EventTarget, type: string, run: (event: Event) => void): void => {
      target.addEventListener(type, run);
      this.#ends.push(() => target.removeEventListener(type, run));
    };
    const away = (): void => {
      if (!this.#isAway && !this.#store.isClosed) this.#goAway();
    };
    listen(window, 'pagehide', () => {
      this.#isCached = true;
      clearTimeout(this.#returnTimer);
      away();
    });
    listen(window, 'pageshow', () => {
      // The page that was shown until now may not have given its lock back yet, and asking for
      // what a cached page holds would evict it.
      if (this.#isCached) this.#returnTimer = setTimeout(() => this.#comeBack(), returnMillis);
      this.#isCached = false;
    });
    listen(document, 'freeze', away);
    listen(document, 'resume', () => {
      if (!this.#isCached) this.#comeBack();
    });
    listen(document, 'visibilitychange', () => this.#tellVisibility());
    this.#tellVisibility();
  }

  #tellVisibility(): void {
    this.#signal(document.visibilityState === 'visible' ? Signal.visible : Signal.hidden);
  }
}

/**
 * The connection to the server: opens a wire while the core wants one, carries frames, and tries
 * again after a pause when it was lost. It decides nothing about state; what is said to the
 * server, and what is said again, is the core's business (core/replica/uplink.h).
 *
 * Of the tabs of a device the deciding one has the connection; the others are told how it stands.
 * Nothing depends on what the browser believes about the network: it is only a hint to try now.
 */
import { UplinkSignal, type Bridge } from '../bridge.js';
import type {
  ConnectionStatus,
  ConnectionView,
  RemoteOptions,
  TokenSource,
} from '../connection-types.js';
import { DanjiError } from '../errors.js';
import type { Unsubscribe } from '../types.js';
import { Alarm } from './alarm.js';
import { Backoff } from './backoff.js';
import { RequestWire } from './requests.js';
import { SocketWire } from './socket.js';
import { Standing, type Stand } from './standing.js';
import type { Wire, WireEnd, WireEvents } from './wire.js';

/** The core, and the page around it. */
export interface Home {
  readonly bridge: Bridge;
  readonly isOver: boolean;
  /** The core's time of this task. */
  readonly now: number;
  /** A call into the core from outside. */
  enter(call: () => void): void;
  /** Something that the server said: for the core, and what follows from it for other tabs. */
  receive(frame: Uint8Array): void;
  report(error: DanjiError): void;
  /** Runs somebody's code; what it throws is reported. */
  guard(call: () => void): void;
  /** Between 0 and 1. */
  chance(): number;
  randomId(): string;
  /** Milliseconds, now. */
  clock(): number;
  /** Somebody on another device said that to all in the room. */
  heardInRoom(room: string, data: unknown): void;
  /** Tells the other tabs how the connection stands, or asks for another try. */
  tell(stand: Stand | typeof retryWord): void;
  /** What waits for the server waits for another reason. */
  problemChanged(): void;
}

/** Said by a tab that has no connection of its own. */
export const retryWord = 'retry';

/** Where a server listens, below the address that it is given out under. */
const path = '/v1/sync';
/** How often a socket that is full is looked at again. */
const fullMillis = 50;

export class Remote implements ConnectionView {
  readonly #home: Home;
  readonly #options: RemoteOptions;
  readonly #url: string;
  readonly #backoff: Backoff;
  readonly #standing: Standing;
  #wire: Wire | null = null;
  /** A wire is being made, or its token fetched; one that is older does not count any more. */
  #attempt = 0;
  #isOpening = false;
  #isReady = false;
  #isOnline = false;
  #usesRequests = false;
  #refusal: 'needs-auth' | 'denied' | null = null;
  /** Trying again would change nothing: somebody has to say `connect()`. */
  #isBarred = false;
  #isEnded = false;
  #isWanted = false;
  #problem: string | null = null;
  #askedMillis = 0;
  #latencyMillis: number | null = null;
  readonly #alarm = new Alarm(() => {
    this.#home.enter(() => this.#home.bridge.uplink(UplinkSignal.tick));
  });
  readonly #ends: (() => void)[] = [];

  constructor(home: Home, options: RemoteOptions) {
    this.#home = home;
    this.#options = options;
    this.#url = options.url.replace(/\/+$/, '') + path;
    this.#backoff = new Backoff(options, () => home.chance());
    this.#standing = new Standing(
      (call) => home.guard(call),
      (stand) => home.tell(stand),
    );
    this.#standing.onProblem = () => home.problemChanged();
    this.#listenToPage();
  }

  // ---- For the application

  status(): ConnectionStatus {
    return this.#standing.now.status;
  }

  get problem(): string | null {
    return this.#standing.now.problem;
  }

  get latencyMillis(): number | null {
    return this.#standing.now.latencyMillis;
  }

  subscribe(listener: (status: ConnectionStatus) => void): Unsubscribe {
    return this.#standing.subscribe(listener);
  }

  connect(): void {
    this.#isEnded = false;
    this.#backoff.reset();
    this.#refusal = null;
    this.#isBarred = false;
    this.#tryNow();
  }

  disconnect(): void {
    this.#isEnded = true;
    this.#problem = 'disconnect() was called';
    this.#drop();
    this.#show();
  }

  // ---- For the page

  /** At the end of each task: sends what it made, and sees whether a connection is wanted. */
  carry(): void {
    if (this.#home.isOver) return this.close();
    if (this.#wire !== null && this.#isReady && this.#wire.isFull) {
      this.#alarm.set(this.#home.now + fullMillis, this.#home.now);
      return;
    }
    const news = this.#home.bridge.flushUplink();
    // A later question, about a key that came later, does not take it back.
    this.#isOnline ||= news.isOnline;
    if (this.#isOnline) this.#refusal = null;
    this.#isWanted = news.isWanted;
    if (news.frames.length > 0) this.#wire?.send(news.frames);
    this.#alarm.set(news.deadline, this.#home.now);
    if (!news.isWanted) this.#drop();
    else if (this.#mayOpen()) void this.#open();
    this.#show();
  }

  /** Ends the pause, here or in the tab that has the connection. */
  retry(): void {
    if (!this.#isWanted) this.#home.tell(retryWord);
    else if (!this.#isEnded) this.connect();
  }

  /** Words for others, if there is a connection here now. */
  say(words: Readonly<Record<string, unknown>>): void {
    if (this.#isReady) this.#wire?.say(words);
  }

  /** Another tab says how the connection stands that it has, or wants another try. */
  heard(said: unknown): void {
    if (said !== retryWord) this.#standing.heard(said);
    else if (this.#isWanted && !this.#isEnded && !this.#isReady) this.connect();
  }

  /** Another tab may have come. */
  tellTabs(): void {
    this.#standing.repeat();
  }

  close(): void {
    this.#isEnded = true;
    this.#drop();
    this.#alarm.stop();
    for (const end of this.#ends.splice(0)) end();
  }

  // ---- The wire

  #mayOpen(): boolean {
    const isBusy = this.#wire !== null || this.#isOpening || this.#backoff.isWaiting;
    return !isBusy && !this.#isEnded && !this.#isBarred;
  }

  async #open(): Promise<void> {
    this.#isOpening = true;
    const attempt = ++this.#attempt;
    let token: string | null;
    try {
      token = await tokenOf(this.#options.token);
    } catch (cause) {
      if (attempt !== this.#attempt) return;
      this.#home.report(new DanjiError('CONNECTION', 'no token could be had', { cause }));
      return this.#lost('needs-auth', 'no token could be had');
    }
    if (attempt !== this.#attempt) return;
    this.#isOpening = false;
    try {
      this.#wire = this.#makeWire(token, this.#eventsOf(attempt));
    } catch (cause) {
      const detail = `this page may not connect to ${this.#url}`;
      this.#home.report(new DanjiError('CONNECTION', detail, { cause }));
      this.#lost('denied', detail);
    }
  }

  #socketClass() {
    const { WebSocket: given } = this.#options;
    if (given !== undefined) return given === false ? null : given;
    return typeof WebSocket === 'undefined' ? null : WebSocket;
  }

  #makeWire(token: string | null, events: WireEvents): Wire {
    const make = this.#socketClass();
    if (make === null || this.#usesRequests) {
      return new RequestWire(this.#url, this.#home.randomId(), token, events);
    }
    return new SocketWire(make, this.#url, token, events);
  }

  #eventsOf(attempt: number): WireEvents {
    const ifCurrent = (call: () => void): void => {
      if (attempt === this.#attempt) call();
    };
    return {
      ready: () => ifCurrent(() => this.#ready()),
      frame: (bytes) => ifCurrent(() => this.#home.receive(bytes)),
      tokenExpires: () => ifCurrent(() => void this.#renewToken(attempt)),
      spaceDenied: (address) => {
        const detail = `the server lets this user not read ${address}`;
        this.#home.report(new DanjiError('FORBIDDEN', detail));
      },
      heardInRoom: (room, data) => ifCurrent(() => this.#home.heardInRoom(room, data)),
      asked: () => (this.#askedMillis = this.#home.clock()),
      answered: () => ifCurrent(() => {
        this.#latencyMillis = Math.max(0, this.#home.clock() - this.#askedMillis);
        this.#show();
      }),
      ended: (why, detail) => ifCurrent(() => this.#lost(why, detail)),
    };
  }

  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#backoff.works();
    this.#home.enter(() => this.#home.bridge.uplink(UplinkSignal.connected));
  }

  async #renewToken(attempt: number): Promise<void> {
    const token = await tokenOf(this.#options.token).catch(() => null);
    // Without a new one the server ends the connection when the old one has expired.
    if (attempt === this.#attempt && token !== null) this.#wire?.offer(token);
  }

  /** The wire ended, or could not be made. */
  #lost(why: WireEnd, detail: string): void {
    // A network that lets one kind through may not let the other; sockets are the better one.
    const mayChange = (this.#usesRequests || !this.#isReady) && why === 'lost';
    if (mayChange) this.#usesRequests = !this.#usesRequests;
    this.#release();
    this.#backoff.failed();
    this.#problem = detail;
    this.#refusal = why === 'lost' ? null : why;
    const hasOther = why === 'needs-auth' && typeof this.#options.token === 'function';
    this.#isBarred = why !== 'lost' && !hasOther;
    if (!this.#isBarred) this.#backoff.later(() => this.#tryNow());
    this.#show();
  }

  #tryNow(): void {
    this.#backoff.stop();
    if (this.#isWanted && this.#mayOpen() && !this.#home.isOver) void this.#open();
    this.#show();
  }

  /** Ends what there is, and waits for nothing. */
  #drop(): void {
    this.#backoff.stop();
    this.#release();
  }

  #release(): void {
    const wasReady = this.#isReady;
    this.#attempt++;
    this.#isOpening = this.#isReady = this.#isOnline = false;
    this.#latencyMillis = null;
    this.#backoff.stop();
    this.#wire?.close();
    this.#wire = null;
    if (!wasReady) return;
    this.#home.enter(() => this.#home.bridge.uplink(UplinkSignal.disconnected));
  }

  // ---- The page

  #listenToPage(): void {
    if (typeof document === 'undefined') return;
    const listen = (target: EventTarget, type: string, run: () => void): void => {
      target.addEventListener(type, run);
      this.#ends.push(() => target.removeEventListener(type, run));
    };
    const hint = (): void => {
      if (this.#backoff.isWaiting && document.visibilityState === 'visible') this.#tryNow();
    };
    listen(window, 'online', hint);
    listen(document, 'visibilitychange', hint);
  }

  // ---- How it stands

  #find(): ConnectionStatus {
    if (this.#isOnline) return 'online';
    if (this.#refusal !== null) return this.#refusal;
    const isTrying = this.#isWanted && !this.#isEnded;
    return isTrying && !this.#backoff.hasFailed ? 'connecting' : 'offline';
  }

  #show(): void {
    const status = this.#find();
    if (status === 'online') this.#problem = null;
    const [problem, latencyMillis] = [this.#problem, this.#latencyMillis];
    this.#standing.found({ status, problem, latencyMillis }, this.#isWanted);
  }
}

async function tokenOf(source: TokenSource | undefined): Promise<string | null> {
  const token = typeof source === 'function' ? await source() : source;
  return token ?? null;
}

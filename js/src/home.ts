/**
 * What the connection to a server needs of the page, and what is checked of its options.
 */
import type { ConnectionView, RemoteOptions } from './connection-types.js';
import { DanjiError } from './errors.js';
import { chance, hexOf, randomIdentity } from './load.js';
import { Remote, type Home } from './remote/remote.js';
import type { Store } from './store.js';
import { connectionWords, tellTabs } from './tab-words.js';

/** Throws `INVALID_VALUE` for what can be no address of a server, or no token. */
export function checkRemote({ url, token, backoff }: RemoteOptions): void {
  const refuse = (what: string): never => {
    throw new DanjiError('INVALID_VALUE', what);
  };
  if (typeof url !== 'string' || !/^(?:ws|http)s?:\/\/[^\s?#]+$/.test(url)) {
    refuse('remote.url is an address such as wss://example.com, without ? and #');
  }
  if (token !== undefined && typeof token !== 'string' && typeof token !== 'function') {
    refuse('remote.token is a text, or a function that gives one');
  }
  const { baseMillis = 1, maxMillis = 1 } = backoff ?? {};
  if (!(baseMillis > 0 && maxMillis > 0)) refuse('pauses of remote.backoff are above 0');
}

/** `manager.connection` of a page without a server. */
export const noConnection: ConnectionView = {
  status: () => 'offline',
  problem: null,
  latencyMillis: null,
  subscribe: () => () => {},
  connect: () => {},
  disconnect: () => {},
};

export function openRemote(store: Store, options: RemoteOptions): Remote {
  const home: Home = {
    bridge: store.bridge,
    get isOver() {
      return store.isOver;
    },
    get now() {
      return store.now;
    },
    enter: (call) => store.enter(call),
    receive: (frame) => store.enter(() => store.bridge.receiveUplink(frame)),
    report: store.report,
    guard: (call) => store.mirror.guard(undefined, call),
    chance,
    randomId: () => hexOf(randomIdentity().subarray(0, 16)),
    clock: () => store.clock(),
    tell: (words) => tellTabs(store, connectionWords, words),
    heardInRoom: (room, data) => store.rooms.heard(room, data),
    problemChanged: () => store.outbox.changed(),
  };
  const remote = new Remote(home, options);
  store.onTaskEnd = () => remote.carry();
  store.outbox.serverProblem = () => remote.problem;
  store.outbox.onRetry = () => remote.retry();
  store.tabWords.set(connectionWords, (said) => remote.heard(said));
  store.rooms.onSend = (room, data) => remote.say({ room, data });
  return remote;
}

/**
 * The sync server: one keeper of spaces with its clients, attachable to any server of Node.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pino, type Logger } from 'pino';
import { Ending } from './client.js';
import { Clients } from './clients.js';
import { definitionsOf } from './definitions.js';
import { Keeper, type KeeperParts } from './keeper.js';
import { lmdbStore } from './lmdb-store.js';
import { createMetrics, type Metrics } from './metrics.js';
import { standardLimits, type SyncServerOptions } from './options.js';
import { mayAsk } from './origin.js';
import { redisStore } from './redis-store.js';
import { Requests } from './requests.js';
import { routesOf } from './routes.js';
import { Sockets } from './sockets.js';
import type { LogStore } from './store.js';

export interface SyncServer {
  /** For `server.on('upgrade', …)`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** For `server.on('request', …)`: false when the request is about something else. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes nobody in any more, makes durable what has arrived, and sends everybody away. */
  drain(): Promise<void>;
  /** `drain`, and gives the store back. */
  close(): Promise<void>;
}

export function createSyncServer(options: SyncServerOptions = {}): SyncServer {
  const { path = '', store = './danji-data' } = options;
  const limits = { ...standardLimits, ...options.limits };
  const logger = loggerOf(options);
  const metrics = createMetrics();
  const definitions = definitionsOf(options.definitions ?? []);
  const kept = typeof store === 'string' ? openStore(store, logger) : store;
  if (options.restored === true && kept.shared !== undefined) {
    throw new TypeError('restored is for the store of one server');
  }
  const clients = new Clients({ options, limits, logger, metrics, others: kept.shared });
  const sockets = new Sockets(clients, limits);
  const requests = new Requests(clients, limits);
  const keeper = keeperFor(clients, {
    store: kept, definitions, limits, hooks: options, logger, metrics,
    authenticates: options.authenticate !== undefined,
  });
  let isDraining = false;
  const isReady = (): boolean => !isDraining && !keeper.hasFailed && (kept.isUp?.() ?? true);
  const admits = gateOf(options, metrics, logger);
  const routes = routesOf({
    path, keeper, requests, definitions, metrics, logger, admits, isReady,
  });
  const drain = async (): Promise<void> => {
    isDraining = true;
    // What a store that is away does not have was acknowledged to nobody.
    if (kept.isUp?.() ?? true) await keeper.idle();
    clients.endAll(Ending.restart);
    requests.close();
  };

  return {
    handleUpgrade: (request, socket, head) => {
      const isOurs = locationOf(request).pathname === `${path}/v1/sync`;
      if (!isOurs) return refuse(socket, '404 Not Found');
      if (!admits(request)) return refuse(socket, '403 Forbidden');
      if (!isReady()) return refuse(socket, '503 Service Unavailable');
      sockets.handleUpgrade(request, socket, head);
    },
    handleRequest: (request, response) => {
      const { pathname, searchParams } = locationOf(request);
      const route = routes.get(pathname);
      route?.(request, response, searchParams);
      return route !== undefined;
    },
    drain,
    close: async () => {
      await drain();
      sockets.close();
      keeper.close();
      await kept.close();
    },
  };
}

function openStore(name: string, logger: Logger): LogStore {
  return /^rediss?:/.test(name) ? redisStore(name, { logger }) : lmdbStore(name);
}

type OwnParts = 'sessionOf' | 'decideAccess' | 'send' | 'endThose' | 'pass' | 'onFailure';

function keeperFor(clients: Clients, parts: Omit<KeeperParts, OwnParts>): Keeper {
  const { hooks, logger } = parts;
  const keeper = new Keeper({
    ...parts,
    sessionOf: (connection) => clients.sessionOf(connection),
    decideAccess: (connection, address) => clients.decideAccess(connection, address),
    send: (frame) => clients.send(frame),
    endThose: (connections) => clients.endThose(connections),
    pass: (room, data) => clients.pass(room, data),
    onFailure: (error) => {
      logger.fatal({ err: error }, 'nothing more is answered: start anew');
      clients.endAll(Ending.restart);
      hooks.onFailure?.(error);
    },
  });
  clients.attach(keeper);
  return keeper;
}

function loggerOf({ logger }: SyncServerOptions): Logger {
  if (logger === false) return pino({ level: 'silent' });
  return logger ?? pino({ name: 'danji' });
}

/** Whether the page that asks may: nobody else's is told anything. */
function gateOf(
  { authenticate, origins = [] }: SyncServerOptions,
  metrics: Metrics,
  logger: Logger,
): (request: IncomingMessage) => boolean {
  const isOpen = authenticate === undefined;
  if (isOpen) {
    logger.warn('development mode: anybody on this machine may do everything; set authenticate');
  }
  return (request) => {
    if (mayAsk(request, { origins, isOpen })) return true;
    metrics.originRejected.inc();
    logger.info({ origin: request.headers.origin }, 'a page that is not on the list was refused');
    return false;
  };
}

/** A stranger's path may be anything. */
function locationOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://here';
  return new URL(URL.canParse(url, base) ? url : '/', base);
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {}); // It may be gone already.
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/**
 * The sync server: one keeper of spaces with its clients, attachable to any server of Node.
 *
 *   /v1/sync         WebSockets, or requests where there can be none
 *   /v1/definitions  the keys that it knows, as data
 *   /healthz         it lives · /readyz: it takes clients · /metrics: for Prometheus
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import { Ending } from './client.js';
import { Clients } from './clients.js';
import { definitionData, definitionsOf } from './definitions.js';
import { Keeper } from './keeper.js';
import { lmdbStore } from './lmdb-store.js';
import { createMetrics } from './metrics.js';
import { standardLimits, type SyncServerOptions } from './options.js';
import { mayAsk } from './origin.js';
import { answer, Requests } from './requests.js';
import { Sockets } from './sockets.js';

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
  const { authenticate, origins = [], path = '', store = './danji-data' } = options;
  const limits = { ...standardLimits, ...options.limits };
  const logger = options.logger ?? pino({ name: 'danji' });
  const metrics = createMetrics();
  const definitions = definitionsOf(options.definitions ?? []);
  const kept = typeof store === 'string' ? lmdbStore(store) : store;
  const clients = new Clients({ options, limits, logger, metrics });
  const sockets = new Sockets(clients, limits);
  const requests = new Requests(clients, limits);
  let isDraining = false;
  const keeper = new Keeper({
    store: kept,
    authenticates: authenticate !== undefined,
    definitions,
    logger,
    metrics,
    decideAccess: (connection, address) => clients.decideAccess(connection, address),
    send: (frame) => clients.send(frame),
    onFailure: (error) => {
      logger.fatal({ err: error }, 'nothing more is answered: start anew');
      clients.endAll(Ending.restart);
      options.onFailure?.(error);
    },
  });
  clients.attach(keeper);
  if (authenticate === undefined) {
    logger.warn('development mode: anybody on this machine may do everything; set authenticate');
  }
  const rule = { origins, isOpen: authenticate === undefined };
  const isReady = (): boolean => !isDraining && !keeper.hasFailed;

  const admits = (request: IncomingMessage): boolean => {
    if (mayAsk(request, rule)) return true;
    metrics.originRejected.inc();
    logger.info({ origin: request.headers.origin }, 'a page that is not on the list was refused');
    return false;
  };

  const showMetrics = async (response: ServerResponse): Promise<void> => {
    const { spaces, ops, refused } = keeper.inspect();
    metrics.spaces.set(spaces.length);
    metrics.ops.set(ops);
    for (const [code, count] of Object.entries(refused)) metrics.refused.set({ code }, count);
    response.setHeader('content-type', metrics.registry.contentType);
    response.end(await metrics.registry.metrics());
  };

  const sync = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => {
    if (!admits(request)) return answer(response, 403);
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') return answer(response, 204);
    if (request.method !== 'POST') return answer(response, 405);
    if (!isReady()) return answer(response, 503);
    requests.handle(request, response, query).catch((error: unknown) => {
      logger.error({ err: error }, 'a request failed');
      response.destroy();
    });
  };

  const routes: Record<
    string,
    (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void
  > = {
    [`${path}/v1/sync`]: sync,
    [`${path}/v1/definitions`]: (request, response) => {
      if (!admits(request)) return answer(response, 403);
      allowOrigin(request, response);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(definitions.map(definitionData)));
    },
    [`${path}/healthz`]: (_, response) =>
      keeper.hasFailed ? answer(response, 500, 'failed') : answer(response, 200, 'ok'),
    [`${path}/readyz`]: (_, response) =>
      isReady() ? answer(response, 200, 'ok') : answer(response, 503, 'not ready'),
    [`${path}/metrics`]: (_, response) => void showMetrics(response),
  };

  const drain = async (): Promise<void> => {
    isDraining = true;
    await keeper.idle();
    clients.endAll(Ending.restart);
    requests.close();
  };

  return {
    handleUpgrade: (request, socket, head) => {
      const { pathname } = new URL(request.url ?? '/', 'http://here');
      if (pathname !== `${path}/v1/sync`) return refuse(socket, '404 Not Found');
      if (!admits(request)) return refuse(socket, '403 Forbidden');
      if (!isReady()) return refuse(socket, '503 Service Unavailable');
      sockets.handleUpgrade(request, socket, head);
    },
    handleRequest: (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here');
      const route = routes[pathname];
      route?.(request, response, searchParams);
      return route !== undefined;
    },
    drain,
    close: async () => {
      await drain();
      sockets.close();
      await kept.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Lets the page that asked read the answer; that it may ask was found out before. */
function allowOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-allow-headers', 'authorization, content-type');
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-expose-headers', 'danji-words');
  response.setHeader('access-control-max-age', '600');
}

/**
 * What the server answers to plain requests.
 *
 *   /v1/sync         frames, where there can be no WebSocket
 *   /v1/definitions  the keys that it knows, as data
 *   /healthz         it lives · /readyz: it takes clients · /metrics: for Prometheus
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StateDefinition } from 'danji';
import type { Logger } from 'pino';
import { definitionData } from './definitions.js';
import type { Keeper } from './keeper.js';
import type { Metrics } from './metrics.js';
import { answer, type Requests } from './requests.js';

export interface RouteParts {
  readonly path: string;
  readonly keeper: Keeper;
  readonly requests: Requests;
  readonly definitions: readonly StateDefinition<never>[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Whether the page that asks is on the list. */
  readonly admits: (request: IncomingMessage) => boolean;
  readonly isReady: () => boolean;
}

type Route = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void;

/** By path. */
export function routesOf(parts: RouteParts): ReadonlyMap<string, Route> {
  const { path, keeper, definitions, isReady } = parts;
  const named: Readonly<Record<string, Route>> = {
    '/v1/sync': forPages(parts, syncOf(parts)),
    '/v1/definitions': forPages(parts, (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(definitions.map(definitionData)));
    }),
    '/healthz': (_, response) =>
      keeper.hasFailed ? answer(response, 500, 'failed') : answer(response, 200, 'ok'),
    '/readyz': (_, response) =>
      isReady() ? answer(response, 200, 'ok') : answer(response, 503, 'not ready'),
    '/metrics': (_, response) => void showMetrics(parts, response),
  };
  return new Map(Object.entries(named).map(([name, route]) => [path + name, route]));
}

/** Only for pages on the list, which are let read the answer then. */
function forPages({ admits }: RouteParts, route: Route): Route {
  return (request, response, query) => {
    if (!admits(request)) return answer(response, 403);
    const { origin } = request.headers;
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('vary', 'origin');
      response.setHeader('access-control-allow-headers', 'authorization, content-type');
      response.setHeader('access-control-allow-methods', 'GET, POST');
      response.setHeader('access-control-expose-headers', 'danji-words');
      response.setHeader('access-control-max-age', '600');
    }
    if (request.method === 'OPTIONS') return answer(response, 204);
    route(request, response, query);
  };
}

function syncOf({ requests, logger, isReady }: RouteParts): Route {
  return (request, response, query) => {
    if (request.method !== 'POST') return answer(response, 405);
    if (!isReady()) return answer(response, 503);
    requests.handle(request, response, query).catch((error: unknown) => {
      logger.info({ err: error }, 'a request broke off');
      response.destroy();
    });
  };
}

async function showMetrics({ keeper, metrics }: RouteParts, response: ServerResponse) {
  const { spaces, ops, refused } = keeper.inspect();
  metrics.spaces.set(spaces.length);
  metrics.ops.set(ops);
  metrics.spacesLed.set(keeper.spacesLed);
  for (const [code, count] of Object.entries(refused)) metrics.refused.set({ code }, count);
  response.setHeader('content-type', metrics.registry.contentType);
  response.end(await metrics.registry.metrics());
}

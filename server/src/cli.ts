#!/usr/bin/env node
/**
 * `danji-server`: starts a sync server with what the command line says.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { definitionsIn } from './definitions.js';
import { jwtAuthentication } from './jwt.js';
import type { SyncServerOptions } from './options.js';
import { createSyncServer } from './server.js';

const usage = `danji-server [options]
  --port 8787            where to listen; 0: any free port
  --host 127.0.0.1       with tokens: 0.0.0.0
  --store ./danji-data   the folder of the logs, or redis://host:port (rediss:// for TLS)
  --data FOLDER          the same as --store
  --restored             the store was brought back from a backup: for the first start after it
  --definitions FILE     a module that exports states: all keys that may be used
  --origin URL           a page that may connect; may be repeated
  --jwks URL             where the keys of tokens are published
  --issuer TEXT          what tokens must say
  --audience TEXT        the same
  --log-level info       pino's levels; silent
A secret for tokens is read from DANJI_JWT_SECRET. Without it and --jwks: development mode.`;

const options = {
  port: { type: 'string', default: '8787' },
  host: { type: 'string' },
  store: { type: 'string' },
  data: { type: 'string', default: './danji-data' },
  restored: { type: 'boolean', default: false },
  definitions: { type: 'string' },
  origin: { type: 'string', multiple: true, default: [] as string[] },
  jwks: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  'log-level': { type: 'string', default: 'info' },
  help: { type: 'boolean', default: false },
} as const;

function argumentsGiven() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

const given = argumentsGiven();
if (given.help) {
  console.log(usage);
  process.exit(0);
}

function authentication(): SyncServerOptions['authenticate'] {
  const secret = process.env['DANJI_JWT_SECRET'];
  const { jwks, issuer, audience } = given;
  if (secret === undefined && jwks === undefined) return undefined;
  return jwtAuthentication({
    ...(secret === undefined ? {} : { secret }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  });
}

const logger = pino({ name: 'danji', level: given['log-level'] });
const authenticate = authentication();
const definitions =
  given.definitions === undefined ? [] : await definitionsIn(resolve(given.definitions));

const store = given.store ?? given.data;
const sync = createSyncServer({
  store,
  definitions,
  origins: given.origin,
  restored: given.restored,
  logger,
  // Whoever started this process starts it again; what is durable is all there.
  onFailure: () => process.exit(1),
  ...(authenticate === undefined ? {} : { authenticate }),
});
const server = createServer((request, response) => {
  if (sync.handleRequest(request, response)) return;
  response.statusCode = 404;
  response.end();
});
server.on('upgrade', sync.handleUpgrade);
const host = given.host ?? (authenticate === undefined ? '127.0.0.1' : '0.0.0.0');
server.listen(Number(given.port), host, () => {
  const { port } = server.address() as AddressInfo;
  logger.info({ host, port, store: nameOf(store), keys: definitions.length }, 'listening');
  // For whoever started this process with --port 0.
  process.send?.({ port });
});

/** Nobody's password goes into a log. */
function nameOf(name: string): string {
  return URL.canParse(name) ? `${new URL(name).protocol}//${new URL(name).host}` : resolve(name);
}

async function stop(): Promise<void> {
  server.close();
  await sync.close();
  server.closeAllConnections();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
// The program that forked this one is gone.
process.once('disconnect', () => void stop());

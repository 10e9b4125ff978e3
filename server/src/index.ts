/**
 * `danji-server`: the sync server as a library. `cli.ts` is what `npx danji-server` runs.
 */
export { definitionsIn } from './definitions.js';
export { jwtAuthentication, type JwtOptions } from './jwt.js';
export { lmdbStore } from './lmdb-store.js';
export type { Limits, RoomAccess, Session, SyncServerOptions } from './options.js';
export { redisStore, type RedisStoreOptions } from './redis-store.js';
export { createSyncServer, type SyncServer } from './server.js';
export type { ServerOp, ServerWrite } from 'danji/server';
export { memoryStore, type LogRow, type LogStore } from './store.js';

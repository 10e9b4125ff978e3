/**
 * `danji/storage`: where state is kept in a browser, apart from `danji` so that pages without
 * persistence don't load it.
 */
export type * from '../storage/adapter-types.js';
export { indexedDbStorage, type IndexedDbOptions } from '../storage/indexed-db.js';
export { memoryStorage, MemoryDevice } from '../storage/memory.js';
export { protectStorage } from '../storage/protect.js';

/**
 * `fileStorage`: rows in files, for Node. All of them are in memory as well, so this is for what a
 * browser would keep, not for a database.
 */
import type { PersistenceAdapter } from '../adapter-types.js';
import { realDisk } from './disk.js';
import { FileStorage } from './file-adapter.js';

export interface FileStorageOptions {
  /** Where the folders of the clusters are made. It is made itself when it is not there. */
  readonly folder: string;
}

/**
 * @example
 * const storage = fileStorage({ folder: join(homedir(), '.my-app') });
 */
export function fileStorage({ folder }: FileStorageOptions): PersistenceAdapter {
  return new FileStorage(folder, realDisk);
}

/**
 * Disk: the few things that the journal asks of a file system, so that tests can bring one that
 * fails, fills up or forgets.
 */
import { constants, promises as fs } from 'node:fs';
import { lockFolder, type LockFile } from './lock-file.js';

export interface DiskFile {
  /** Writes all of it at that place. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when everything that was written is on the medium. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** Throws `STORAGE`, busy, when somebody else has the folder. */
  lock(folder: string): LockFile;
  makeFolder(path: string): Promise<void>;
  /** Null when there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** Makes the file, or empties it. */
  create(path: string): Promise<DiskFile>;
  open(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The names in the folder are on the medium. */
  syncFolder(path: string): Promise<void>;
}

async function openFile(path: string, flags: string | number): Promise<DiskFile> {
  const file = await fs.open(path, flags);
  return {
    write: async (bytes, position) => {
      for (let done = 0; done < bytes.length; ) {
        const length = bytes.length - done;
        done += (await file.write(bytes, done, length, position + done)).bytesWritten;
      }
    },
    sync: () => file.datasync(),
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
  };
}

export const realDisk: Disk = {
  lock: lockFolder,
  makeFolder: async (path) => void (await fs.mkdir(path, { recursive: true })),
  read: (path) =>
    fs.readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    }),
  create: (path) => openFile(path, 'w'),
  open: (path) => openFile(path, constants.O_RDWR),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { force: true }),
  syncFolder: async (path) => {
    // Windows has no way to ask for it, and does it by itself.
    if (process.platform === 'win32') return;
    const folder = await fs.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/**
 * FileStorage: one folder for each cluster, in it the journal and the lock of the process that
 * has it; and a queue, since a journal does one thing after the other.
 */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { DanjiError } from '../../errors.js';
import type { Durability, PersistenceAdapter, RowsCommit, StoredRow } from '../adapter-types.js';
import { closedError, storageError } from '../errors.js';
import { giveInParts } from '../rows.js';
import type { Disk } from './disk.js';
import type { Frame } from './frames.js';
import { diskError, Journal, type Wish } from './journal.js';
import type { LockFile } from './lock-file.js';

/** What is done alone, between commits that are done together. */
type Job = Wish | (() => Promise<void>);

interface OpenCluster {
  readonly name: string;
  readonly journal: Journal;
  readonly lock: LockFile;
}

export class FileStorage implements PersistenceAdapter {
  readonly #root: string;
  readonly #disk: Disk;
  readonly #jobs: Job[] = [];
  #isWorking = false;
  #cluster: OpenCluster | null = null;

  constructor(root: string, disk: Disk) {
    this.#root = root;
    this.#disk = disk;
  }

  open(cluster: string): Promise<void> {
    return this.#alone(async () => {
      if (this.#cluster?.name === cluster && this.#cluster.journal.isUsable) return;
      await this.#leave();
      this.#cluster = await this.#enter(cluster);
    });
  }

  read(from: string, to: string, take: (rows: readonly StoredRow[]) => void): Promise<void> {
    return this.#alone(async () => {
      giveInParts(this.#journal().rows.between(from, to), take);
    });
  }

  commit(rows: RowsCommit, durability: Durability): Promise<void> {
    const keys = [...(rows.put ?? []).map(([key]) => key), ...(rows.remove ?? [])];
    const wrong = keys.find((key) => /\p{Surrogate}/u.test(key));
    if (wrong === undefined) return this.#append(rows, durability);
    return Promise.reject(new DanjiError('INVALID_KEY', 'a key has half a surrogate pair'));
  }

  clear(): Promise<void> {
    return this.#append({ clear: true }, 'strict');
  }

  close(): Promise<void> {
    return this.#alone(() => this.#leave());
  }

  #append(frame: Frame, durability: Durability): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#do({ frame, durability, resolve, reject });
    });
  }

  #alone(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#do(() => work().then(resolve, reject));
    });
  }

  #do(job: Job): void {
    this.#jobs.push(job);
    if (!this.#isWorking) void this.#work();
  }

  /** One after the other; commits that came while one was written are written together. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      if (typeof job === 'function') await job();
      else await this.#commitTogether([job, ...this.#nextWishes()]);
    }
    this.#isWorking = false;
  }

  #nextWishes(): Wish[] {
    const end = this.#jobs.findIndex((job) => typeof job === 'function');
    const wishes = this.#jobs.splice(0, end < 0 ? this.#jobs.length : end);
    return wishes.filter((job) => typeof job !== 'function');
  }

  async #commitTogether(wishes: readonly Wish[]): Promise<void> {
    try {
      await this.#journal().append(wishes);
    } catch (error) {
      for (const wish of wishes) wish.reject(error);
    }
  }

  #journal(): Journal {
    const { journal } = this.#cluster ?? {};
    if (journal === undefined) throw closedError();
    if (journal.isUsable) return journal;
    throw storageError('lost', 'the file failed, and is not used before it is opened again');
  }

  async #enter(name: string): Promise<OpenCluster> {
    const folder = join(this.#root, folderName(name));
    try {
      await this.#disk.makeFolder(folder);
      const lock = this.#disk.lock(folder);
      const journal = new Journal({ disk: this.#disk, folder });
      try {
        await journal.open(lock.wasClean);
        await this.#disk.syncFolder(this.#root);
        // Above it may be what is not ours to open.
        await this.#disk.syncFolder(dirname(this.#root)).catch(() => {});
      } catch (error) {
        await journal.close();
        lock.release(false);
        throw error;
      }
      return { name, journal, lock };
    } catch (error) {
      throw diskError(error);
    }
  }

  async #leave(): Promise<void> {
    if (this.#cluster === null) return;
    const { journal, lock } = this.#cluster;
    this.#cluster = null;
    await journal.close();
    lock.release(journal.isUsable);
  }
}

/** A name of any form as one that every file system takes, and that people recognize. */
function folderName(cluster: string): string {
  const readable = cluster.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 40);
  const hash = createHash('sha256').update(cluster).digest('hex').slice(0, 32);
  return `${readable}-${hash}`;
}

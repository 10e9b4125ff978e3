/**
 * Journal: the rows of one cluster in one file, to which commits are appended. The rows are in
 * memory; the file is what they are made of again.
 *
 * - A commit is one frame, so it is there whole or not at all.
 * - What a power failure tore off the end is cut off; what was synced before must be intact, or
 *   the file is left alone.
 * - When most of the file is history it is written anew beside the old one, which it replaces
 *   when it is complete.
 * - After a sync failed nobody knows what is on the medium, so nothing more is written here.
 */
import { join } from 'node:path';
import { DanjiError } from '../../errors.js';
import type { Durability } from '../adapter-types.js';
import { quotaError, storageError } from '../errors.js';
import { Rows } from '../rows.js';
import type { Disk, DiskFile } from './disk.js';
import { encodeFrame, header, readJournal, type Frame } from './frames.js';

/** Less history than this is not worth the writing. */
const historyBytesMin = 1024 * 1024;
const frameRowsMax = 1000;

export interface JournalPlace {
  readonly disk: Disk;
  /** A folder that is there and belongs to nobody else. */
  readonly folder: string;
}

/** What somebody wants to be appended, and how it ended. */
export interface Wish {
  readonly frame: Frame;
  readonly durability: Durability;
  resolve(): void;
  reject(error: unknown): void;
}

export class Journal {
  readonly rows = new Rows();
  readonly #place: JournalPlace;
  #file: DiskFile | null = null;
  /** Where the last whole frame ends, and how much of that is on the medium for sure. */
  #end = 0;
  #synced = 0;
  /** At this length it is looked at how much of it is history. */
  #lookAt = 0;
  /** The last frame says that all before it are on the medium, so damage is no torn tail. */
  #isSealed = true;
  #isBroken = false;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /** False when something went wrong that the next one should know of. */
  get isUsable(): boolean {
    return !this.#isBroken && this.#file !== null;
  }

  /** Rejects with `STORAGE`, damaged, and touches nothing when that is not a journal of ours. */
  async open(wasClean: boolean): Promise<void> {
    const { disk } = this.#place;
    const journal = await disk.read(this.#path('rows'));
    if (journal !== null) this.#end = this.#replay(journal);
    // After an unclean end, what the system shows of a file need not be what is on the medium.
    // And a tail that was cut off must not come back when what is appended reaches its middle.
    if (journal === null || !wasClean || this.#end < journal.length) return this.#writeAnew();
    this.#synced = this.#end;
    this.#file = await disk.open(this.#path('rows'));
    await this.#shorten();
  }

  /** Appends all that is as expected, in this order, and answers each of them. */
  async append(wishes: readonly Wish[]): Promise<void> {
    const accepted: { wish: Wish; inverse: Frame }[] = [];
    const parts: Uint8Array[] = [];
    for (const wish of wishes) {
      try {
        this.rows.check(wish.frame);
        parts.push(encodeFrame(wish.frame, this.#synced));
        accepted.push({ wish, inverse: this.#inverseOf(wish.frame) });
        this.#apply(wish.frame);
      } catch (error) {
        wish.reject(error);
      }
    }
    if (accepted.length === 0) return;
    try {
      await this.#write(Buffer.concat(parts));
    } catch (error) {
      for (const { inverse } of accepted.toReversed()) this.#apply(inverse);
      for (const { wish } of accepted) wish.reject(error);
      return;
    }
    await answer(accepted.map(({ wish }) => wish), () => this.#sync());
    await this.#shorten();
  }

  async close(): Promise<void> {
    try {
      if (this.isUsable && !this.#isSealed) {
        await this.#sync();
        await this.#write(encodeFrame({}, this.#synced));
      }
    } catch {
      this.#isBroken = true;
    }
    await this.#file?.close().catch(() => {});
  }

  #path(name: string): string {
    return join(this.#place.folder, name);
  }

  #replay(journal: Buffer): number {
    const end = readJournal(journal, (frame) => this.#apply(frame));
    if (end !== null) return end;
    throw storageError('damaged', `${this.#path('rows')} is damaged, or of another version`);
  }

  #apply(frame: Frame): void {
    if (frame.clear) this.rows.clear();
    this.rows.apply(frame);
  }

  /** What takes everything back that the frame is about to do. */
  #inverseOf({ clear = false, put = [], remove = [] }: Frame): Frame {
    if (clear) return { put: [...this.rows.all()] };
    const keys = [...put.map(([key]) => key), ...remove];
    const before = keys.map((key) => [key, this.rows.get(key)] as const);
    return {
      put: before.flatMap(([key, bytes]) => (bytes === null ? [] : [[key, bytes] as const])),
      remove: before.flatMap(([key, bytes]) => (bytes === null ? [key] : [])),
    };
  }

  /** All of these bytes are in the file when it resolves, or none. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#file === null || this.#isBroken) throw brokenError();
    try {
      await this.#file.write(bytes, this.#end);
    } catch (cause) {
      await this.#file.truncate(this.#end).catch(() => {
        this.#isBroken = true;
      });
      throw diskError(cause);
    }
    this.#end += bytes.length;
    this.#isSealed = false;
  }

  async #sync(): Promise<void> {
    try {
      await this.#file?.sync();
    } catch (cause) {
      this.#isBroken = true;
      throw brokenError(cause);
    }
    this.#synced = this.#end;
  }

  async #shorten(): Promise<void> {
    if (!this.isUsable || this.#end < this.#lookAt) return;
    this.#lookAt = 2 * this.#bytesOfRows() + historyBytesMin;
    if (this.#end < this.#lookAt) return;
    // Where there is no room for it, the old file is as good as before.
    await this.#writeAnew().catch(() => {
      this.#lookAt = 2 * this.#end;
    });
  }

  #bytesOfRows(): number {
    let sum = 0;
    for (const [key, bytes] of this.rows.all()) sum += key.length + bytes.length;
    return sum;
  }

  async #writeAnew(): Promise<void> {
    const { disk, folder } = this.#place;
    const path = this.#path('rows.new');
    const file = await disk.create(path).catch(rethrow);
    let end = 0;
    try {
      for (const part of this.#wholeJournal()) {
        await file.write(part, end);
        end += part.length;
      }
      await file.sync();
    } catch (cause) {
      await file.close().catch(() => {});
      await disk.remove(path).catch(() => {});
      throw diskError(cause);
    }
    const old = this.#file;
    this.#file = file;
    try {
      await old?.close();
      await disk.rename(path, this.#path('rows'));
      await disk.syncFolder(folder);
    } catch (cause) {
      this.#isBroken = true;
      throw diskError(cause);
    }
    this.#end = this.#synced = end;
    this.#isSealed = true;
    this.#lookAt = 2 * end + historyBytesMin;
  }

  /** It gets its name when all of it is synced, so its last frame may say that it is. */
  *#wholeJournal(): Generator<Uint8Array> {
    yield header;
    let length = header.length;
    const rows = [...this.rows.all()];
    for (let start = 0; start < rows.length; start += frameRowsMax) {
      const frame = encodeFrame({ put: rows.slice(start, start + frameRowsMax) }, 0);
      length += frame.length;
      yield frame;
    }
    yield encodeFrame({}, length);
  }
}

async function answer(wishes: readonly Wish[], sync: () => Promise<void>): Promise<void> {
  const strict = wishes.filter(({ durability }) => durability === 'strict');
  for (const wish of wishes) if (wish.durability === 'relaxed') wish.resolve();
  if (strict.length === 0) return;
  try {
    await sync();
    for (const wish of strict) wish.resolve();
  } catch (error) {
    for (const wish of strict) wish.reject(error);
  }
}

function brokenError(cause?: unknown): DanjiError {
  return storageError('lost', 'the file failed, and is not used before it is opened again', cause);
}

/** What the file system says, as storage says it. */
export function diskError(cause: unknown): DanjiError {
  if (cause instanceof DanjiError) return cause;
  const { code = '' } = cause as { code?: string };
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return quotaError(cause);
  return storageError('failed', `the file system refused: ${code}`, cause);
}

function rethrow(cause: unknown): never {
  throw diskError(cause);
}

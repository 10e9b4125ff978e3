// A disk in memory that fails when it is told to, and one that forgets: after a power failure it
// has what was synced, and of the rest whatever it likes.
import { dirname } from 'node:path';
import { chanceFrom } from './model.js';

/** What a power failure keeps or loses as one piece is small, so that frames are torn anywhere. */
const sectorBytesOf = (length) => Math.max(16, length >> 8);

const failure = (code) => Object.assign(new Error(`made up: ${code}`), { code });

class MemoryFile {
  content = Buffer.alloc(0);
  /** What is on the medium. */
  synced = Buffer.alloc(0);

  write(bytes, position) {
    const grown = Buffer.alloc(Math.max(this.content.length, position + bytes.length));
    this.content.copy(grown);
    grown.set(bytes, position);
    this.content = grown;
  }

  /** Each sector as it was synced or as it was written last; the length of either. */
  afterPowerFailure(chance) {
    const lengths = [this.content.length, this.synced.length];
    const between = chance.below(Math.max(...lengths) + 1);
    const length = chance.pick([...lengths, Math.max(between, Math.min(...lengths))]);
    const kept = Buffer.alloc(length);
    this.synced.copy(kept);
    const sectorBytes = sectorBytesOf(length);
    for (let start = 0; start < length; start += sectorBytes) {
      if (chance.below(2) === 0) continue;
      kept.fill(0, start, Math.min(start + sectorBytes, length));
      this.content.copy(kept, start, start, Math.min(start + sectorBytes, length));
    }
    const file = new MemoryFile();
    file.content = file.synced = kept;
    return file;
  }
}

export class MemoryDisk {
  /** How many operations there were. */
  operationCount = 0;
  /** Operations that fail, by number, with the code of the error. */
  failing = new Map();
  /** At this operation the power fails: it and all later ones never end. */
  powerFailsAt = Infinity;
  #powerFailed;
  powerFailure = new Promise((resolve) => {
    this.#powerFailed = resolve;
  });
  locks = new Map();
  #names = new Map();
  #syncedNames = new Map();

  constructor(names = new Map()) {
    this.#names = names;
    this.#syncedNames = new Map(names);
  }

  get hasPower() {
    return this.operationCount < this.powerFailsAt;
  }

  /** The same disk when the power is back. */
  afterPowerFailure(seed) {
    const chance = chanceFrom(seed);
    const names = new Map(chance.pick([this.#names, this.#syncedNames]));
    for (const [path, file] of names) names.set(path, file.afterPowerFailure(chance));
    const disk = new MemoryDisk(names);
    for (const [folder, lock] of this.locks) {
      disk.locks.set(folder, lock === 'clean' ? 'clean' : 'unclean');
    }
    return disk;
  }

  /** The file of that name, wherever it is. */
  fileOf(name) {
    return [...this.#names].find(([path]) => path.endsWith(`/${name}`))[1];
  }

  /** The same files as they are now, and nobody who has them. */
  copy() {
    const names = [...this.#names].map(([path, { content }]) => {
      const file = new MemoryFile();
      file.content = file.synced = Buffer.from(content);
      return [path, file];
    });
    return new MemoryDisk(new Map(names));
  }

  /** Counts, fails or stops for ever; `partly` is what happens all the same. */
  async #operation(partly = () => {}) {
    this.operationCount++;
    if (!this.hasPower) {
      partly();
      this.#powerFailed();
      await new Promise(() => {});
    }
    const code = this.failing.get(this.operationCount);
    if (code === undefined) return;
    partly();
    throw failure(code);
  }

  lock(folder) {
    const before = this.locks.get(folder) ?? 'clean';
    if (before === 'held') throw failure('held');
    this.locks.set(folder, 'held');
    return {
      wasClean: before === 'clean',
      release: (isClean) => this.locks.set(folder, isClean ? 'clean' : 'unclean'),
    };
  }

  async makeFolder() {
    await this.#operation();
  }

  async read(path) {
    await this.#operation();
    return this.#names.get(path)?.content ?? null;
  }

  async create(path) {
    await this.#operation();
    this.#names.set(path, new MemoryFile());
    return this.#handle(path);
  }

  async open(path) {
    await this.#operation();
    return this.#handle(path);
  }

  async rename(from, to) {
    await this.#operation();
    this.#names.set(to, this.#names.get(from));
    this.#names.delete(from);
  }

  async remove(path) {
    await this.#operation();
    this.#names.delete(path);
  }

  async syncFolder(folder) {
    await this.#operation();
    const isIn = ([path]) => dirname(path) === folder;
    const others = [...this.#syncedNames].filter((entry) => !isIn(entry));
    this.#syncedNames = new Map([...others, ...[...this.#names].filter(isIn)]);
  }

  #handle(path) {
    const file = this.#names.get(path);
    return {
      write: async (bytes, position) => {
        const half = bytes.subarray(0, bytes.length >> 1);
        await this.#operation(() => file.write(half, position));
        file.write(bytes, position);
      },
      sync: async () => {
        await this.#operation();
        file.synced = file.content;
      },
      truncate: async (length) => {
        await this.#operation();
        file.content = file.content.subarray(0, length);
      },
      close: () => this.#operation(),
    };
  }
}

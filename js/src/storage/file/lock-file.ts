/**
 * One process at a time: a file `lock.<n>` that names its owner. Whoever finds the owner dead
 * makes the next one, `lock.<n+1>`, which only one can; the highest number counts, and is never
 * removed before there is a higher one. So two that find the same dead owner can't both win.
 *
 * It works among the processes of one machine, not for a folder that several machines share.
 */
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storageError } from '../errors.js';

/** A process id is used again sooner or later; with the time of its start it is not. */
interface Owner {
  readonly pid: number;
  readonly start: string | null;
}

export interface LockFile {
  /** Whether the owner before ended with everything in order, or there was none. */
  readonly wasClean: boolean;
  release(isClean: boolean): void;
}

const clean = 'clean';

/** Throws `STORAGE`, busy, while another process has the folder, or this one has it already. */
export function lockFolder(folder: string): LockFile {
  const before = numbersIn(folder).at(-1) ?? 0;
  const found = before === 0 ? clean : readLock(folder, before);
  if (isAlive(found)) throw busy(folder);
  const own = { pid: process.pid, start: startOf(process.pid) };
  const file = fileOf(folder, before + 1);
  const draft = `${file}.${process.pid}.${process.hrtime.bigint()}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    // A name that appears with all of its content, or not at all.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw busy(folder);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const numbers = numbersIn(folder);
  if (numbers.at(-1) !== before + 1) {
    // Others came and went since the first look, so this number was free again.
    rmSync(file, { force: true });
    throw busy(folder);
  }
  for (const number of numbers.slice(0, -1)) rmSync(fileOf(folder, number), { force: true });
  return {
    wasClean: found === clean,
    release: (isClean) => {
      // Not made anew where somebody removed the whole folder.
      if (existsSync(file)) writeFileSync(file, isClean ? clean : '');
    },
  };
}

function busy(folder: string) {
  return storageError('busy', `another process, or this one, has ${folder}`);
}

function fileOf(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

/** The numbers of all locks, the highest last. */
function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

function readLock(folder: string, number: number): Owner | typeof clean | null {
  try {
    const text = readFileSync(fileOf(folder, number), 'utf8');
    return text === clean ? clean : (JSON.parse(text) as Owner);
  } catch {
    // Let go without being in order, or cut off by a power failure.
    return null;
  }
}

function isAlive(owner: Owner | typeof clean | null): boolean {
  if (owner === null || owner === clean || typeof owner.pid !== 'number') return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // Somebody else's process is a process.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = startOf(owner.pid);
  return start === null || owner.start === null || start === owner.start;
}

/** When a process began, in whatever unit; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

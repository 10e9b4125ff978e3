// One build at a time per clone: `npm run demo` and `npm test` may be started side by side.
//
// The lock is a file with its owner's process number; the owner touches it every second. It is
// taken over when the owner is dead or has been silent for fifteen seconds, so neither a crash
// nor a reused process number blocks the next run.
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildFolder } from './paths.mjs';
import { note } from './steps.mjs';

const silentMillisMax = 15_000;

/** Runs `work` while holding build/lock. */
export async function alone(work) {
  const file = join(buildFolder, 'lock');
  mkdirSync(buildFolder, { recursive: true });
  await take(file);
  const heartbeat = setInterval(() => touch(file), 1000);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

async function take(file) {
  let told = false;
  for (let suspect; !create(file); told = true) {
    if (!told) note('Waiting for another build in this folder …');
    const owner = abandonedBy(file);
    // Seen dead twice: in between, another one may have taken over, and its lock must stand.
    if (owner !== undefined && owner === suspect) rmSync(file, { force: true });
    suspect = owner;
    await wait(200);
  }
}

function create(file) {
  try {
    writeFileSync(file, `${process.pid} ${performance.timeOrigin}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    // Somebody removed build/; there is nothing to hold any more.
    if (error.code !== 'ENOENT') throw error;
  }
}

/** The owner who left the lock behind, or undefined while it is held or gone. */
function abandonedBy(file) {
  try {
    const owner = readFileSync(file, 'utf8');
    const silentMillis = Date.now() - statSync(file).mtimeMs;
    const processNumber = Number.parseInt(owner, 10);
    const isDead = processNumber > 0 && !isAlive(processNumber);
    return silentMillis > silentMillisMax || isDead ? owner : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(processNumber) {
  try {
    process.kill(processNumber, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

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
  for (let told = false; !take(file); told = true) {
    if (!told) note('Waiting for another build in this folder …');
    await wait(200);
  }
  const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), 1000);
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

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned(file)) rmSync(file, { force: true });
    return false;
  }
}

function isAbandoned(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    const silentMillis = Date.now() - statSync(file).mtimeMs;
    return silentMillis > silentMillisMax || (owner > 0 && !isAlive(owner));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
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

// Steps and commands: every script says what it is doing, how long it took, and, when it must
// stop, one clear sentence instead of a stack trace.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { logFolder, root } from './paths.mjs';

/** An expected failure. Its message is the one sentence the user gets. */
export class Stop extends Error {}

/** What ran so far in this process, for the closing table. */
export const finishedSteps = [];

export function seconds(millis) {
  return `${(millis / 1000).toFixed(1)} s`;
}

export async function step(title, work) {
  const start = performance.now();
  console.log(`… ${title}`);
  try {
    const result = await work();
    record(title, true, start);
    return result;
  } catch (error) {
    record(title, false, start);
    throw error;
  }
}

function record(title, passed, start) {
  const millis = performance.now() - start;
  finishedSteps.push({ title, passed, millis });
  console.log(`${passed ? '✓' : '✗'} ${title}  ${seconds(millis)}`);
}

export function note(sentence) {
  console.log(`  ${sentence}`);
}

/** One line per step and their sum. */
export function printDurations() {
  const width = Math.max(...finishedSteps.map(({ title }) => title.length), 5);
  const total = finishedSteps.reduce((sum, { millis }) => sum + millis, 0);
  console.log('');
  for (const { title, passed, millis } of finishedSteps) {
    console.log(`${passed ? '✓' : '✗'} ${title.padEnd(width)} ${seconds(millis).padStart(9)}`);
  }
  console.log(`  ${'total'.padEnd(width)} ${seconds(total).padStart(9)}`);
}

/**
 * Runs a command to its end. Its output goes to build/logs/<log>.log; with `show` it is printed
 * as well. A failure prints the end of the log (unless `tail` is false) and stops with `failure`
 * as the sentence.
 */
export async function run(command, args, options) {
  const { log, failure, cwd = root, env, show = false, tail = true } = options;
  const logFile = join(logFolder, `${log}.log`);
  mkdirSync(logFolder, { recursive: true });
  const file = openSync(logFile, 'w');
  writeSync(file, `$ ${[command, ...args].join(' ')}\n`);
  const exit = await finish(command, args, { cwd, env, file, show });
  closeSync(file);
  if (exit === 0) return;
  if (tail && !show) printTail(logFile);
  const place = relative(root, logFile);
  throw new Stop(`${failure ?? `${command} failed`} (${exit}; all of its output is in ${place}).`);
}

function finish(command, args, { cwd, env, file, show }) {
  return new Promise((resolve) => {
    const output = show ? 'pipe' : file;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    if (show) {
      for (const [stream, target] of [
        [child.stdout, process.stdout],
        [child.stderr, process.stderr],
      ]) {
        stream.on('data', (bytes) => {
          target.write(bytes);
          writeSync(file, bytes);
        });
      }
    }
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? 'not found' : error.message));
    child.on('close', (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
}

function printTail(logFile) {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  for (const line of lines.slice(-40)) console.error(`  | ${line}`);
}

/** The whole of a script: whatever goes wrong becomes one sentence and exit code 1. */
export async function script(work) {
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof Stop) {
      console.error(`\n${error.message}`);
      return;
    }
    mkdirSync(logFolder, { recursive: true });
    const logFile = join(logFolder, 'error.log');
    writeFileSync(logFile, String(error?.stack ?? error));
    const place = relative(root, logFile);
    console.error(`\nThis should not have happened: ${error?.message ?? error} (see ${place}).`);
  }
}

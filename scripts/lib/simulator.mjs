// Runs danji_sim (tests/sim/main.cpp) and reads what it says.
import { spawn } from 'node:child_process';

const atOnce = 2;

/** A run to its end: `{ text, red: [{ seed, why }], rows, digest }`. */
export function play([program, ...before], words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const text = Buffer.concat(chunks).toString('utf8');
      const result = { text, ...read(text) };
      const isBroken = signal || code > 1 || (code === 1 && result.red.length === 0);
      if (isBroken) reject(new Error(`danji_sim ${words.join(' ')}: ${signal ?? code}`));
      else resolve(result);
    });
  });
}

function read(text) {
  const result = { red: [], rows: [], digest: '' };
  for (const line of text.split('\n')) {
    const [kind, ...fields] = line.split('\t');
    if (kind === 'red') result.red.push({ seed: Number(fields[0]), why: fields[1] });
    else if (kind === 'digest') [result.digest] = fields;
    else if (fields.length === 3) {
      const [name, worlds, times] = fields;
      result.rows.push({ kind, name, worlds: Number(worlds), times: Number(times) });
    }
  }
  return result;
}

/** Seeds in chunks, two at a time; the digests are joined in the order of the seeds. */
export async function addReports(program, what, first, seeds) {
  const size = Math.max(1, Math.min(1000, Math.ceil(seeds / atOnce)));
  const chunks = [];
  for (let at = 0; at < seeds; at += size) {
    chunks.push([what, String(first + at), String(Math.min(size, seeds - at))]);
  }
  const results = new Array(chunks.length);
  let next = 0;
  const work = async () => {
    while (next < chunks.length) {
      const place = next;
      next += 1;
      results[place] = await play(program, chunks[place]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return join(results);
}

function join(results) {
  const rows = new Map();
  for (const { kind, name, worlds, times } of results.flatMap((result) => result.rows)) {
    const id = `${kind} ${name}`;
    const sum = rows.get(id) ?? { kind, name, worlds: 0, times: 0 };
    rows.set(id, { kind, name, worlds: sum.worlds + worlds, times: sum.times + times });
  }
  return {
    red: results.flatMap((result) => result.red),
    rows: [...rows.values()],
    digest: results.map((result) => result.digest.slice(0, 8)).join('').slice(0, 64),
  };
}

/** For each of the commands, the first seed that is red, or undefined. */
export async function playUntilRed(program, commands) {
  const results = new Array(commands.length);
  let next = 0;
  const work = async () => {
    while (next < commands.length) {
      const place = next;
      next += 1;
      const words = commands[place];
      const crashed = { seed: 0, why: 'the process ended' };
      results[place] = await play(program, words).then(({ red }) => red[0], () => crashed);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

export const missingKinds = ({ rows }) =>
  rows.filter(({ times }) => times === 0).map(({ kind, name }) => `${kind} ${name}`);

export function printReport({ rows }) {
  const line = (what, worlds, times) =>
    console.log(`  ${what.padEnd(34)}${worlds.padStart(12)}${times.padStart(14)}`);
  console.log('');
  line('what happened', 'schedules', 'times');
  for (const { kind, name, worlds, times } of rows) {
    line(`${kind} ${name}`, kind === 'fault' ? String(worlds) : '', String(times));
  }
}

// Danji's server beside those of others: the same work for each, on the same machine, in turns.
//
// Every library has its server in one process and all clients in another (drive.mjs). Libraries
// take turns in each round, so whatever slows the machine down for a while slows all of them down.
// One that did not do the work fails the run; one that did it too slowly has no number.
import { fileURLToPath } from 'node:url';
import { drive, takeTurns } from '../turns.mjs';

const driveFile = fileURLToPath(new URL('drive.mjs', import.meta.url));

export const adapters = [
  'relay', 'socket-io', 'y-websocket', 'tinybase', 'hocuspocus', 'automerge', 'danji',
];

export const quickAdapters = ['relay', 'y-websocket', 'danji'];

export const thorough = {
  latency: { rounds: 2, sets: 300, enoughMillis: 2_000, limitMillis: 5_000 },
  'many-writers': { rounds: 2, clients: 100, setsEach: 20, limitMillis: 12_000 },
  rate: { rounds: 1, readers: 100, seconds: 1.5, limitMillis: 1_500 },
  kills: {
    rounds: 1, writes: 1_000, kills: 20, enoughMillis: 15_000, limitMillis: 10_000,
    skipped: ['relay'],
  },
};

export const quick = {
  latency: { rounds: 1, sets: 40, enoughMillis: 500, limitMillis: 5_000 },
  'many-writers': { rounds: 1, clients: 30, setsEach: 10, limitMillis: 3_000 },
  rate: {
    rounds: 1, readers: 30, seconds: 0.3, limitMillis: 300, mayMissAll: true,
    rates: [300, 1000],
  },
  kills: {
    rounds: 1, writes: 20, kills: 1, enoughMillis: 1_000, limitMillis: 3_000, skipped: ['relay'],
  },
};

export async function titles(names) {
  const titleOf = async (name) => [name, (await import(`./adapters/${name}.mjs`)).name];
  return Object.fromEntries(await Promise.all(names.map(titleOf)));
}

/** The medians of what the rounds measured, by adapter; null where one round took too long. */
export function compare(scenario, { rounds, skipped, ...effort }, names = adapters) {
  return takeTurns({ rounds, skipped }, names, (name) => drive(driveFile, name, scenario, effort));
}

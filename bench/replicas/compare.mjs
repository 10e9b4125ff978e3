// Replicas that are apart and meet again, beside other libraries that do the same, in Node: what a
// write costs that has to be sent, what a write of another costs, and what is kept.
import { fileURLToPath } from 'node:url';
import { drive, takeTurns } from '../turns.mjs';

const driveFile = fileURLToPath(new URL('drive.mjs', import.meta.url));

export const adapters = ['yjs', 'loro', 'danji'];

export const scenarios = {
  writes: { adapters, effort: { rounds: 3, writes: 100_000 } },
  apart: { adapters, effort: { rounds: 5, writes: 10_000 } },
  counter: { adapters, effort: { rounds: 5, writes: 10_000 } },
  entries: { adapters: ['json', ...adapters], effort: { rounds: 3, entries: 100_000 } },
  memory: { adapters: ['danji'], effort: { rounds: 1, entries: 1_000_000 } },
};

/** For a first look. */
const quickly = {
  writes: { rounds: 1, writes: 10_000 },
  apart: { rounds: 1, writes: 1_000 },
  counter: { rounds: 1, writes: 1_000 },
  entries: { rounds: 1, entries: 10_000 },
  memory: { rounds: 1, entries: 100_000 },
};

export async function titleOf(scenario) {
  return (await import(`./scenarios/${scenario}.mjs`)).title;
}

/** Medians by adapter and what was measured. Throws when a library did not do the work. */
export function compare(scenario, { isQuick }) {
  const { adapters: names, effort } = scenarios[scenario];
  const { rounds, ...rest } = isQuick ? quickly[scenario] : effort;
  return takeTurns({ rounds }, names, (name) =>
    drive(driveFile, name, scenario, rest, ['--expose-gc', '--max-old-space-size=4096']),
  );
}

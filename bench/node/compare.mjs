// Danji beside a plain Map, other stores and Yjs: the same work, sample by sample in turn.
//
// What is told is the median of the samples and its ratio to the Map's. At the end of each scenario
// every library has to show that it did the work; one that did not fails the run.
import { fileURLToPath } from 'node:url';
import { sampleInTurns } from '../samples.mjs';

export const adapters = ['danji', 'map', 'nanostores', 'tanstack', 'zustand', 'yjs'];
export const scenarios = [
  'set-number', 'set-number-task', 'set-object', 'read-key', 'update-one', 'batch',
];
/** Too slow with so many keys to fill a sample. */
export const skipped = { 'update-one': ['zustand'] };

export const thorough = { rounds: 11, warmMillis: 300, sampleMillis: 60 };
export const quick = { rounds: 5, warmMillis: 150, sampleMillis: 30 };

const file = fileURLToPath(new URL('measure.mjs', import.meta.url));

/** Medians in nanoseconds, by library. Throws when a library did not do the work. */
export function compare(scenario, effort, wanted = adapters) {
  const names = wanted.filter((name) => !skipped[scenario]?.includes(name));
  return sampleInTurns(names.map((name) => ({ name, file, args: [name, scenario] })), effort);
}

export async function titleOf(scenario) {
  return (await import(`./scenarios/${scenario}.mjs`)).title;
}

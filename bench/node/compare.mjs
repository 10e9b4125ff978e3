// Danji beside a plain Map, other stores and Yjs: the same work, sample by sample in turn.
//
// Each library runs in a process of its own, and the processes take turns, so whatever slows the
// machine down for a while slows all of them down. What is told is the median of the samples and
// its ratio to the Map's. At the end of each scenario every library has to show that it did the
// work; one that did not fails the run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from '../turns.mjs';

export const adapters = ['danji', 'map', 'nanostores', 'tanstack', 'zustand', 'yjs'];
export const scenarios = [
  'set-number', 'set-number-task', 'set-object', 'read-key', 'update-one', 'batch',
];
/** Too slow with so many keys to fill a sample. */
export const skipped = { 'update-one': ['zustand'] };

export const thorough = { rounds: 11, warmMillis: 300, sampleMillis: 60 };
export const quick = { rounds: 5, warmMillis: 150, sampleMillis: 30 };

const measureFile = fileURLToPath(new URL('measure.mjs', import.meta.url));

/** A library in a scenario: its process, and a way to ask it for something. */
async function start(adapter, scenario) {
  const child = fork(measureFile, [adapter, scenario], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(([code]) => [{ failed: `its process ended (${code})` }]);
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    if (message.failed === undefined) return message;
    throw new Error(`${adapter} failed in "${scenario}": ${message.failed}`);
  };
  const ask = (question) => {
    child.send(question);
    return answer();
  };
  await answer();
  return { adapter, ask, stop: () => child.kill() };
}

/** The order of turns: each round starts with another library. */
function turned(list, round) {
  const first = round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** Medians in nanoseconds, by library. Throws when a library did not do the work. */
export async function compare(scenario, effort, wanted = adapters) {
  const names = wanted.filter((name) => !skipped[scenario]?.includes(name));
  const subjects = [];
  try {
    for (const name of names) subjects.push(await start(name, scenario));
    for (const subject of subjects) await subject.ask({ warm: effort.warmMillis });
    const samples = new Map(names.map((name) => [name, []]));
    for (let round = 0; round < effort.rounds; round++) {
      for (const { adapter, ask } of turned(subjects, round)) {
        const { nanosEach } = await ask({ sample: effort.sampleMillis });
        samples.get(adapter).push(nanosEach);
      }
    }
    for (const subject of subjects) await subject.ask({ finish: true });
    return Object.fromEntries([...samples].map(([name, nanos]) => [name, median(nanos)]));
  } finally {
    for (const subject of subjects) subject.stop();
  }
}

export async function titleOf(scenario) {
  return (await import(`./scenarios/${scenario}.mjs`)).title;
}

// Samples of subjects that take turns, each in a process of its own: whatever slows the machine
// down for a while slows all of them down, and nobody's garbage, compiled code or call sites count
// for another.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { median } from './turns.mjs';

/** A subject's process, and a way to ask it for something (answering.mjs says what). */
export async function startSubject({ name, file, args, execArgv = [] }) {
  const child = fork(file, args, { execArgv: ['--expose-gc', ...execArgv] });
  const ended = once(child, 'exit').then(([code]) => [{ failed: `its process ended (${code})` }]);
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    if (message.failed === undefined) return message;
    throw new Error(`${name} failed in ${args.join(', ')}: ${message.failed}`);
  };
  const ask = (question) => {
    child.send(question);
    return answer();
  };
  await answer();
  return { name, ask, stop: () => child.kill() };
}

/** The order of turns: each round starts with another one. */
function turned(list, round) {
  const first = round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** Median nanoseconds by the subjects' names. Throws when one did not do the work. */
export async function sampleInTurns(wanted, { rounds, warmMillis, sampleMillis }) {
  const subjects = [];
  try {
    for (const subject of wanted) subjects.push(await startSubject(subject));
    for (const subject of subjects) await subject.ask({ warm: warmMillis });
    const samples = new Map(subjects.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const { name, ask } of turned(subjects, round)) {
        const { nanosEach } = await ask({ sample: sampleMillis });
        samples.get(name).push(nanosEach);
      }
    }
    for (const subject of subjects) await subject.ask({ finish: true });
    return Object.fromEntries([...samples].map(([name, nanos]) => [name, median(nanos)]));
  } finally {
    for (const subject of subjects) subject.stop();
  }
}

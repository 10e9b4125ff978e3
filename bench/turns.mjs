// Libraries that take turns: each round starts with another, so whatever slows the machine down for
// a while slows all of them down. One that did not do the work fails the run; one that did it too
// slowly has no number.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What one library measured in a process of its own, null when it took too long. */
export async function drive(file, adapter, scenario, effort, execArgv = []) {
  const child = fork(file, [adapter, scenario, JSON.stringify(effort)], { silent: true, execArgv });
  let said = '';
  child.stderr.on('data', (text) => (said = (said + text).slice(-2000)));
  child.stdout.resume();
  const ended = once(child, 'exit').then(([code]) => [{ failed: `it ended (${code})\n${said}` }]);
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  await ended;
  if (answer.failed !== undefined) throw new Error(`${adapter}, ${scenario}: ${answer.failed}`);
  return answer.late === undefined ? answer : null;
}

/** The medians of what the rounds measured, by adapter; null where one round took too long. */
export async function takeTurns({ rounds, skipped = [] }, names, measure) {
  const answers = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const before = answers.get(name);
      if (skipped.includes(name) || before.includes(null)) continue;
      before.push(await measure(name));
    }
  }
  return Object.fromEntries([...answers].map(([name, list]) => [name, medians(list)]));
}

function medians(answers) {
  if (answers.length === 0 || answers.includes(null)) return null;
  const numbers = (key) => answers.map((answer) => answer[key]);
  return Object.fromEntries(Object.keys(answers[0]).map((key) => [key, median(numbers(key))]));
}

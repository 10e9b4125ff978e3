// npm run chaos: real servers and eight devices with disks, in processes that are killed and
// frozen, over a network that drops, delays and cuts. Then the server's log must agree with what
// every page asked for and was told (tests/chaos/history.js).
//
//   npm run chaos                    three minutes
//   npm run chaos -- --long          thirty
//   npm run chaos -- --seconds 20    so many
//   npm run chaos -- --store late    on a disk that writes late, and loses what it had not
//   npm run chaos -- --store redis   with its logs in a Redis that is killed and frozen, too
//   npm run chaos -- --servers 2     two servers of the same spaces, on a Redis
//   npm run chaos -- --seed 42       what is done; what meets what is up to the machine
//
// The files of a run that was red stay in build/chaos.
import './lib/node-version.mjs';
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run chaos';
/** What three minutes have to bring about, or they test less than they seem to. */
const leastPerMinute = {
  lmdb: { 'server kills': 34, ops: 6700 },
  late: { 'server kills': 34, ops: 6700 },
  redis: { 'server kills': 34, 'redis kills': 3, ops: 6700 },
};

function readWords() {
  const options = {
    seconds: { type: 'string' },
    long: { type: 'boolean', default: false },
    store: { type: 'string' },
    servers: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  };
  let values;
  try {
    values = parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message}. The options are in scripts/chaos.mjs.`);
  }
  const whole = (name, text) => {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new Stop(`--${name} wants a whole number from 1 on.`);
    return Number(text);
  };
  const seconds = values.seconds ?? (values.long ? '1800' : '180');
  const servers = whole('servers', values.servers);
  const store = values.store ?? (servers > 1 ? 'redis' : 'lmdb');
  if (!Object.hasOwn(leastPerMinute, store) || (store !== 'redis' && servers > 1)) {
    throw new Stop('--store wants lmdb, late or redis; several servers need redis.');
  }
  return { seconds: whole('seconds', seconds), seed: whole('seed', values.seed), store, servers };
}

await script(async () => {
  const words = readWords();
  if (words.store === 'redis') await provideTools(['redis'], command);
  await buildPackage(command);
  // It needs the packages.
  const { playChaos } = await import('../tests/chaos/chaos.js');
  const folder = join(buildFolder, 'chaos');
  rmSync(folder, { recursive: true, force: true });
  const { faults, report } = await step(
    `Playing ${words.seconds} s of chaos from seed ${words.seed}`,
    () => playChaos({ ...words, folder }),
  );
  for (const [name, count] of Object.entries(report)) {
    note(`${name.padEnd(20)} ${typeof count === 'object' ? JSON.stringify(count) : count}`);
  }
  if (faults.length > 0) {
    for (const fault of faults.slice(0, 20)) note(fault);
    const place = relative(root, folder);
    throw new Stop(`${faults.length} faults; ${place} has what happened, seed ${words.seed}.`);
  }
  rmSync(folder, { recursive: true, force: true });
  for (const [name, least] of Object.entries(leastPerMinute[words.store])) {
    const wanted = Math.floor((least * words.seconds) / 60);
    if (words.seconds >= 60 && report[name] < wanted) {
      throw new Stop(`Only ${report[name]} ${name}: this machine is too slow to tell anything.`);
    }
  }
  console.log('\nNothing was lost, doubled, torn or left behind.');
});

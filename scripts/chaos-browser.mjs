// npm run chaos:browser: four tabs and a frame of a real Chromium write to a real server, while
// tabs crash, freeze, are loaded again, put into the cache and closed, the browser and the server
// are killed and the network goes. Then the server's log must agree with what every page asked for
// and was told (tests/chaos/history.js).
//
//   npm run chaos:browser                    three minutes
//   npm run chaos:browser -- --seconds 20    so many
//   npm run chaos:browser -- --seed 42       what is done; what meets what is up to the machine
//
// A part of the time the profile is on a small disk that is full now and then, where this machine
// lets us mount one. The files of a run that was red stay in build/chaos-browser.
import './lib/node-version.mjs';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage, buildTools } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run chaos:browser';
const diskMebibytes = 96;

function readWords() {
  const options = {
    seconds: { type: 'string', default: '180' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  };
  let values;
  try {
    values = parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message}. The options are in scripts/chaos-browser.mjs.`);
  }
  const whole = (name) => {
    const text = values[name];
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new Stop(`--${name} wants a whole number from 1 on.`);
    return Number(text);
  };
  return { seconds: whole('seconds'), seed: whole('seed') };
}

/** A disk of its own in memory; null where that is not allowed. */
function mountDisk(folder) {
  mkdirSync(folder, { recursive: true });
  try {
    const size = `size=${diskMebibytes}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}

async function play(title, words) {
  const { playBrowserChaos } = await import('../tests/browser/support/chaos.js');
  rmSync(words.folder, { recursive: true, force: true });
  mkdirSync(words.folder, { recursive: true });
  const name = `${title}: ${words.seconds} s from seed ${words.seed}`;
  const { faults, report } = await step(name, () => playBrowserChaos(words));
  for (const [what, count] of Object.entries(report)) note(`${what.padEnd(24)} ${count}`);
  if (faults.length === 0) return;
  for (const fault of faults.slice(0, 20)) note(fault);
  const place = relative(root, words.folder);
  throw new Stop(`${faults.length} faults; ${place} has what happened, seed ${words.seed}.`);
}

await script(async () => {
  const { seconds, seed } = readWords();
  await provideTools([...buildTools, 'chromium'], command);
  await buildPackage(command);
  const base = join(buildFolder, 'chaos-browser');
  const disk = join(base, 'disk');
  const small = Math.floor(seconds / 6);
  const folder = join(base, 'main');
  await play('Chaos in the browser', {
    seconds: seconds - small, seed, folder, profile: join(folder, 'profile'),
  });
  if (small === 0) return;
  const unmount = mountDisk(disk);
  if (unmount === null) return note('This machine lets nobody mount a small disk: no full disk.');
  try {
    const words = { seconds: small, seed, folder: join(base, 'full'), isFull: true };
    await play('On a disk that is full at times', { ...words, profile: join(disk, 'profile') });
  } finally {
    unmount();
  }
});

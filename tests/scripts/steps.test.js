// The scripts' manners: finished work is skipped, and a failure is one sentence with exit code 1.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { packagesAreInstalled } from '../../scripts/lib/npm-packages.mjs';

const library = fileURLToPath(new URL('../../scripts/lib/', import.meta.url));

function makeFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'danji-scripts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program on a PATH of its own; what it does is a line of shell. */
function makeProgram(folder, name, line) {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

/** Runs `code` in a script that finds only the programs in `folder`. */
function runScript(folder, code, env = {}) {
  const source = `
import { Stop, script, step } from '${library}steps.mjs';
import { provideTools } from '${library}tools.mjs';
await script(async () => { ${code} });
`;
  const args = ['--input-type=module', '-e', source];
  const options = { encoding: 'utf8', env: { PATH: folder, ...env } };
  return spawnSync(process.execPath, args, options);
}

test('a tool on the PATH is used and nothing is installed', (t) => {
  const folder = makeFolder(t);
  makeProgram(folder, 'emcc', 'exit 0');
  makeProgram(folder, 'apt-get', 'exit 1');

  const { status, stdout } = runScript(folder, "await provideTools(['emcc'], 'npm run demo');");

  assert.equal(status, 0);
  assert.equal(stdout, '');
});

test('a missing tool is installed by apt-get, after an update when the first try fails', (t) => {
  const folder = makeFolder(t);
  const made = `printf '#!/bin/sh\\n' > ${folder}/emcc; /bin/chmod +x ${folder}/emcc`;
  makeProgram(folder, 'sudo', '"$@"');
  makeProgram(
    folder,
    'apt-get',
    `case "$1" in update) : > ${folder}/lists ;;` +
      ` install) [ -e ${folder}/lists ] || exit 100; ${made} ;; esac`,
  );

  const { status, stdout } = runScript(folder, "await provideTools(['emcc'], 'npm run demo');");

  assert.equal(status, 0, stdout);
  assert.match(stdout, /^… Installing emcc\n✓ Installing emcc {2}[\d.]+ s\n$/);
});

test('a tool that cannot be had ends with one sentence and no stack trace', (t) => {
  const folder = makeFolder(t);
  makeProgram(folder, 'sudo', '"$@"');
  makeProgram(folder, 'apt-get', 'echo no network; exit 100');

  const run = runScript(folder, "await provideTools(['emcc'], 'npm run demo');");

  assert.equal(run.status, 1);
  assert.match(
    run.stderr,
    /\nDanji needs emcc to build its core; it could not be installed with apt-get .*\n$/,
  );
  assert.match(run.stderr, /Install emscripten and run npm run demo again\.\n$/);
  assert.doesNotMatch(run.stderr, /^ +at /m);
});

test('without a package manager the sentence says what to install', (t) => {
  const run = runScript(makeFolder(t), "await provideTools(['emcc', 'cmake'], 'npm test');");

  assert.equal(run.status, 1);
  assert.match(run.stderr, /neither apt-get nor brew.* Install emcc, cmake and run npm test again/);
});

test('a chosen Chromium that is not there is told', (t) => {
  const env = { CHROME_PATH: '/no/such/browser' };

  const run = runScript(makeFolder(t), "await provideTools(['chromium'], 'npm test');", env);

  assert.equal(run.status, 1);
  assert.match(run.stderr, /CHROME_PATH names \/no\/such\/browser/);
});

test('a failing step is marked, and the reason is the last line', (t) => {
  const code = "await step('Baking', () => { throw new Stop('The oven is cold.'); });";

  const run = runScript(makeFolder(t), code);

  assert.equal(run.status, 1);
  assert.match(run.stdout, /✗ Baking/);
  assert.equal(run.stderr, '\nThe oven is cold.\n');
});

test('work is done once per content of its inputs', (t) => {
  const name = `test-${process.pid}`;
  const output = join(makeFolder(t), 'output');
  const code = (hash) => `
const { unlessDone } = await import('${library}stamps.mjs');
const { writeFileSync } = await import('node:fs');
const work = { name: '${name}', hash: '${hash}', outputs: ['${output}'] };
console.log(await unlessDone(work, async () => writeFileSync('${output}', '')));
`;
  const run = (hash) => runScript(dirname(process.execPath), code(hash)).stdout.trim();
  const stamp = join(library, '..', '..', 'build', 'stamps', name);
  t.after(() => rmSync(stamp, { force: true }));

  assert.equal(run('one'), 'true');
  assert.equal(run('one'), 'false');
  assert.equal(run('two'), 'true');
  rmSync(output);
  assert.equal(run('two'), 'true');
});

test('npm ci is needed when a package is missing, other or gone from the disk', (t) => {
  const folder = makeFolder(t);
  const place = join(folder, 'node_modules', 'yjs');
  const write = (file, packages) => writeFileSync(join(folder, file), JSON.stringify({ packages }));
  write('package-lock.json', {
    '': { name: 'shop' },
    'node_modules/yjs': { version: '2.0.0' },
    'node_modules/other-system': { version: '1.0.0', optional: true },
  });

  assert.equal(packagesAreInstalled(folder), false);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{}');
  write('node_modules/.package-lock.json', { 'node_modules/yjs': { version: '2.0.0' } });
  assert.equal(packagesAreInstalled(folder), true);
  write('node_modules/.package-lock.json', { 'node_modules/yjs': { version: '1.0.0' } });
  assert.equal(packagesAreInstalled(folder), false);
  write('node_modules/.package-lock.json', { 'node_modules/yjs': { version: '2.0.0' } });
  rmSync(place, { recursive: true });
  assert.equal(packagesAreInstalled(folder), false);
});

test('CI runs the command that developers run', () => {
  const file = fileURLToPath(new URL('../../.ci/run', import.meta.url));

  const mode = execFileSync('ls', ['-l', file], { encoding: 'utf8' });

  assert.match(mode, /^-rwx/);
});

test('builds of one folder wait for each other, and for nobody who is dead', async (t) => {
  const folder = makeFolder(t);
  const trace = join(folder, 'trace');
  const lock = join(folder, 'build', 'lock');
  // The library finds its build folder from where it lies, so a copy has one of its own.
  cpSync(library, join(folder, 'scripts', 'lib'), { recursive: true });
  mkdirSync(dirname(lock));
  writeFileSync(lock, '4194304 0');
  const code = `
import { appendFileSync } from 'node:fs';
import { alone } from '${folder}/scripts/lib/lock.mjs';
await alone(async () => {
  appendFileSync('${trace}', 'in ');
  await new Promise((resolve) => setTimeout(resolve, 100));
  appendFileSync('${trace}', 'out ');
});
`;
  const args = ['--input-type=module', '-e', code];

  await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, args)));

  assert.equal(readFileSync(trace, 'utf8'), 'in out in out in out ');
  assert.equal(existsSync(lock), false);
});

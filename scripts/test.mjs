// npm test: everything that CI runs, in one order, ending at the first step that fails.
//
//   --only native|worlds|node|browser|types   one part, for developers; may be repeated
import './lib/node-version.mjs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alone } from './lib/lock.mjs';
import { countInstructions, judge } from './lib/instructions.mjs';
import { buildNative, countsInstructions, watchingCompiler } from './lib/native-build.mjs';
import { buildPackage, buildTools } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { buildShop } from './lib/shop-build.mjs';
import { scopeProgram, searchShort } from './lib/scope.mjs';
import { buildSimulator, compareWithWasm, countedBeside, playMany } from './lib/simulation.mjs';
import { filesBelow } from './lib/stamps.mjs';
import { Stop, finishedSteps, printDurations, run, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';
import { tsc } from './lib/typescript-build.mjs';

const parts = ['native', 'worlds', 'node', 'types', 'browser'];
const nativeTools = ['cmake', 'make', 'clang', 'googletest', 'json'];

const isTest = (file) => file.endsWith('.test.js');
const isBrowserTest = (file) => file.startsWith(join('tests', 'browser'));

function chosenParts() {
  const options = { only: { type: 'string', multiple: true } };
  let only;
  try {
    only = parseArgs({ options }).values.only ?? parts;
  } catch (error) {
    throw new Stop(`${error.message}. The only option is --only ${parts.join('|')}.`);
  }
  const unknown = only.find((part) => !parts.includes(part));
  if (unknown) throw new Stop(`There is no part "${unknown}"; the parts are ${parts.join(', ')}.`);
  return new Set(only);
}

function neededTools(chosen) {
  const needed = new Set(buildTools);
  if (chosen.has('native')) for (const tool of nativeTools) needed.add(tool);
  if (chosen.has('browser') || chosen.has('node')) needed.add('chromium');
  if (chosen.has('node')) needed.add('redis');
  if (chosen.has('worlds') && process.platform === 'linux') needed.add('valgrind');
  return [...needed];
}

async function testNative() {
  const options = { defines: ['DANJI_MUTATIONS'], compiler: watchingCompiler() };
  const folder = await step('Building the native tests', () =>
    alone(() => buildNative('native', options)),
  );
  await step('Testing the core natively under ASan and UBSan', () =>
    run('ctest', ['--test-dir', folder, '--output-on-failure', '--no-tests=error', '-j', '2'], {
      log: 'ctest',
      show: true,
      failure: 'The native tests failed',
      env: { UBSAN_OPTIONS: 'print_stacktrace=1' },
    }),
  );
}

/**
 * Small worlds in every order; ten thousand worlds, the first two thousand in WebAssembly too; and
 * what the same build of the core needs for each operation.
 */
async function testInWorlds() {
  const program = await buildSimulator();
  if (countsInstructions()) {
    const counted = countedBeside(program);
    judge(await step('Counting instructions', () => countInstructions(counted)));
  }
  await searchShort(scopeProgram(program));
  await compareWithWasm(program, 1, 2000);
  await playMany(program, 2001, 8000);
}

/** Of a file of tests: one that waits for ever is to be named, and the others go on. */
const fileMillisMax = 30 * 60_000;

async function testInNode(title, files, { concurrency, log }) {
  if (files.length === 0) throw new Stop(`${title}: there are no tests.`);
  const options = [
    '--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`,
    `--test-timeout=${fileMillisMax}`,
  ];
  await step(title, () =>
    run(process.execPath, [...options, ...files], {
      log,
      show: true,
      failure: `${title} failed`,
    }),
  );
}

function testTypes() {
  return step('Testing the types', async () => {
    for (const project of ['tests/types', 'examples/shop']) {
      await run(tsc, ['-p', join(root, project)], {
        log: `types-${project.replace('/', '-')}`,
        failure: `The types of ${project} are wrong`,
      });
    }
  });
}

async function testAll(chosen) {
  await provideTools(neededTools(chosen), 'npm test');
  if (chosen.has('native')) await provideTools(['clangRuntime'], 'npm test');
  await buildPackage('npm test');
  if (chosen.has('native')) await testNative();
  if (chosen.has('worlds')) await testInWorlds();
  const files = filesBelow('tests', isTest);
  if (chosen.has('node')) {
    const wanted = files.filter((file) => !isBrowserTest(file));
    await testInNode('Testing in Node', wanted, { concurrency: 2, log: 'node-tests' });
  }
  if (chosen.has('types')) await testTypes();
  if (chosen.has('browser')) {
    await buildShop('wasm');
    await buildShop('js');
    const wanted = files.filter(isBrowserTest);
    await testInNode('Testing in Chromium', wanted, { concurrency: 2, log: 'browser-tests' });
  }
}

await script(async () => {
  const chosen = chosenParts();
  try {
    await testAll(chosen);
  } finally {
    if (finishedSteps.length > 0) printDurations();
  }
  console.log('\nEverything passed.');
});

// npm run fuzz: throws made-up bytes at the core, with libFuzzer under ASan and UBSan.
//
//   npm run fuzz                          a minute for each target, two targets at a time
//   npm run fuzz -- --seconds 600         ten minutes for each
//   npm run fuzz -- --only receive        one target; may be repeated
//   npm run fuzz -- --keep                then keeps the best of what was found in tests/fuzz
//
// What a run learns stays in build/fuzz/corpus, and the next one goes on from there. A finding
// ends with its bytes in build/fuzz/findings and an exit code that is not zero.
import './lib/node-version.mjs';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { findFuzzingClang } from './lib/clang.mjs';
import { keepBest, weigh } from './lib/fuzz-corpus.mjs';
import { alone } from './lib/lock.mjs';
import { buildNative } from './lib/native-build.mjs';
import { buildFolder, logFolder, root } from './lib/paths.mjs';
import { Stop, note, run, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run fuzz';
const tools = ['cmake', 'make', 'json', 'clang'];
const atOnce = 2;
const filesKept = 40;

const place = join(buildFolder, 'fuzz');
const findings = join(place, 'findings');
const programOf = (target) => join(place, 'tests', 'fuzz', `danji_fuzz_${target}`);
const corpusOf = (target) => join(root, 'tests', 'fuzz', 'corpus', target);
const learntOf = (target) => join(place, 'corpus', target);
const seedsOf = (target) => join(place, 'seeds', target);

const allTargets = readdirSync(join(root, 'tests', 'fuzz', 'targets'))
  .map((file) => basename(file, '.cpp'))
  .sort();

function readWords() {
  const options = {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', multiple: true, default: allTargets },
    keep: { type: 'boolean', default: false },
  };
  let values;
  try {
    values = parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message}. The options are --seconds, --only and --keep.`);
  }
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new Stop(`--seconds wants a whole number from 1 on, not "${values.seconds}".`);
  }
  const unknown = values.only.find((target) => !allTargets.includes(target));
  if (unknown) {
    throw new Stop(`There is no target "${unknown}"; there are ${allTargets.join(', ')}.`);
  }
  return { seconds, targets: values.only, keep: values.keep };
}

async function build() {
  // One after the other: which libFuzzer is needed depends on the clang.
  await provideTools(tools, command);
  await provideTools(['clangRuntime'], command);
  await step('Building the fuzz targets', () =>
    alone(() => buildNative('fuzz', { compiler: findFuzzingClang() })),
  );
  rmSync(join(place, 'seeds'), { recursive: true, force: true });
  await run(programOf('seeds'), [join(place, 'seeds')], {
    log: 'fuzz-seeds',
    failure: 'The seeds could not be written',
  });
}

/** Folders that exist; libFuzzer writes what it learns into the first. */
function corpora(target) {
  mkdirSync(learntOf(target), { recursive: true });
  return [learntOf(target), corpusOf(target), seedsOf(target)].filter((folder) =>
    existsSync(folder),
  );
}

/** The last thing that the log says about something, or 0. */
function lastNumber(log, pattern) {
  return Number([...log.matchAll(pattern)].at(-1)?.[1] ?? 0);
}

async function fuzz(target, seconds) {
  const options = [
    `-max_total_time=${seconds}`,
    '-timeout=20',
    '-print_final_stats=1',
    `-artifact_prefix=${join(findings, `${target}-`)}`,
  ];
  const log = `fuzz-${target}`;
  let failure;
  try {
    await run(programOf(target), [...options, ...corpora(target)], { log, tail: false });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    failure = error;
  }
  const text = readFileSync(join(logFolder, `${log}.log`), 'utf8');
  const finding = /Test unit written to (\S+)/.exec(text)?.[1];
  if (failure && !finding) throw failure;
  return {
    target,
    finding,
    runs: lastNumber(text, /stat::number_of_executed_units:\s*(\d+)/g),
    edges: lastNumber(text, / cov: (\d+)/g),
    files: lastNumber(text, / corp: (\d+)/g),
  };
}

async function fuzzAll(targets, seconds) {
  mkdirSync(findings, { recursive: true });
  const waiting = [...targets];
  const results = [];
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const title = `Fuzzing ${target}`;
      results.push(await step(title, () => fuzz(target, seconds)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results.sort((one, other) => (one.target < other.target ? -1 : 1));
}

function printTable(results) {
  const rows = [['target', 'runs', 'edges', 'corpus', 'findings']];
  for (const { target, runs, edges, files, finding } of results) {
    rows.push([target, runs, edges, files, finding ? 1 : 0].map(String));
  }
  console.log('');
  for (const [first, ...numbers] of rows) {
    console.log(`  ${first.padEnd(12)}${numbers.map((text) => text.padStart(10)).join('')}`);
  }
}

/** Files that are nearly right reach nothing new, and are wanted all the same. */
function copyNearMisses(target) {
  mkdirSync(corpusOf(target), { recursive: true });
  for (const file of readdirSync(seedsOf(target))) {
    if (file.startsWith('near-')) cpSync(join(seedsOf(target), file), join(corpusOf(target), file));
  }
}

async function keep(targets) {
  for (const target of targets) {
    copyNearMisses(target);
    const folders = corpora(target);
    await step(`Keeping the best of ${target}`, () =>
      keepBest({
        program: programOf(target),
        name: target,
        folders,
        into: corpusOf(target),
        scratch: join(place, 'merge'),
        most: filesKept,
      }),
    );
    const { files, bytes } = weigh(corpusOf(target));
    note(`${files} files, ${bytes} bytes`);
  }
}

await script(async () => {
  const { seconds, targets, keep: isKept } = readWords();
  await build();
  const results = await fuzzAll(targets, seconds);
  printTable(results);
  const broken = results.filter(({ finding }) => finding);
  if (broken.length > 0) {
    const places = broken.map(({ target, finding }) => `${target} by ${relative(root, finding)}`);
    const see = `${relative(root, programOf(broken[0].target))} <file>`;
    throw new Stop(`The core is broken: ${places.join(', ')}; see why with ${see}.`);
  }
  if (isKept) await keep(targets);
  console.log('\nNothing was found.');
});

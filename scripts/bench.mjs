// npm run bench: how fast Danji is, as tables. Nothing passes or fails by a time; a library that
// did not do the work it was measured at fails the run.
//
//   npm run bench             everything, in under three minutes
//   npm run bench -- quick    fewer and shorter samples, in under one
import './lib/node-version.mjs';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNative } from './lib/native-build.mjs';
import { buildPackage, buildTools } from './lib/package-build.mjs';
import { buildFolder } from './lib/paths.mjs';
import { Stop, note, run, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run bench';

function isQuick() {
  const unknown = process.argv.slice(2).filter((word) => word !== 'quick');
  if (unknown.length === 0) return process.argv.includes('quick');
  throw new Stop(`There is no "${unknown[0]}"; the only word is "quick".`);
}

/** Rows of texts; all columns but the first are numbers and stand on the right. */
function printTable(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log(`\n${title}\n`);
  for (const row of rows) {
    const [first, ...others] = row;
    const cells = others.map((text, column) => text.padStart(widths[column + 1]));
    console.log(`  ${[first.padEnd(widths[0]), ...cells].join('   ')}`.trimEnd());
  }
  console.log('');
}

function duration(nanos) {
  if (nanos < 1000) return `${nanos.toFixed(nanos < 100 ? 1 : 0)} ns`;
  if (nanos < 1e6) return `${(nanos / 1000).toFixed(nanos < 1e5 ? 1 : 0)} µs`;
  return `${(nanos / 1e6).toFixed(nanos < 1e8 ? 1 : 0)} ms`;
}

function ratio(nanos, base) {
  const times = nanos / base;
  return `×${times.toFixed(times < 10 ? 1 : 0)}`;
}

async function compareLibraries(quickly) {
  const { adapters, compare, quick, scenarios, thorough, titleOf } = await import(
    '../bench/node/compare.mjs'
  );
  const head = adapters.flatMap((name) => (name === 'map' ? [name] : [name, '/ map']));
  const rows = [['', ...head]];
  for (const scenario of scenarios) {
    const title = await titleOf(scenario);
    const nanos = await step(`Measuring: ${title}`, () =>
      compare(scenario, quickly ? quick : thorough).catch((error) => {
        throw new Stop(error.message);
      }),
    );
    const cells = adapters.flatMap((name) => {
      const own = duration(nanos[name]);
      return name === 'map' ? [own] : [own, ratio(nanos[name], nanos.map)];
    });
    rows.push([title, ...cells]);
  }
  return rows;
}

async function startUpRows() {
  const { measureStartUp } = await import('../bench/node/start-up.mjs');
  const millis = await step('Measuring: import to first value', () => measureStartUp());
  const shown = (number) => `${number.toFixed(1)} ms`;
  return [
    ['import', shown(millis.imported)],
    ['core started, first getState', shown(millis.read)],
    ['both', shown(millis.both)],
  ];
}

function coreRows(report) {
  const nanosIn = { ns: 1, us: 1000, ms: 1e6 };
  const medians = report.benchmarks
    .filter((row) => row.aggregate_name === 'median')
    .sort((one, other) => one.family_index - other.family_index);
  const rows = medians.map((row) => [
    row.run_name,
    duration(row.cpu_time * nanosIn[row.time_unit]),
    row.items_per_second === undefined ? '' : duration(1e9 / row.items_per_second),
    row.bytesPerItem === undefined ? '' : row.bytesPerItem.toFixed(1),
  ]);
  return [['', 'each run', 'each item', 'bytes an item'], ...rows];
}

async function benchCore(quickly) {
  const folder = await step('Building the native benchmarks', () => buildNative('native-release'));
  const file = join(buildFolder, 'bench-core.json');
  const options = [
    `--benchmark_min_time=${quickly ? 0.02 : 0.05}`,
    `--benchmark_repetitions=${quickly ? 3 : 7}`,
    '--benchmark_enable_random_interleaving=true',
    '--benchmark_report_aggregates_only=true',
    `--benchmark_out=${file}`,
    '--benchmark_out_format=json',
  ];
  await step('Measuring the core', () =>
    run(join(folder, 'danji_bench'), options, {
      log: 'bench-core',
      failure: 'The benchmarks of the core failed',
    }),
  );
  return coreRows(JSON.parse(readFileSync(file, 'utf8')));
}

function compilerName() {
  const compiler = process.env.CXX ?? 'c++';
  try {
    return execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return compiler;
  }
}

await script(async () => {
  const quickly = isQuick();
  await provideTools([...buildTools, 'compiler', 'benchmark'], command);
  await buildPackage(command);
  const libraries = await compareLibraries(quickly);
  printTable('Danji beside others, in Node: median CPU time of one run', libraries);
  const startUp = await startUpRows();
  printTable('Import of danji to the first value, in a fresh process: median of ten', startUp);
  const core = await benchCore(quickly);
  printTable('The core by itself, compiled natively: median CPU time', core);
  note(`Node ${process.version}, ${process.platform} ${process.arch}, ${compilerName()}`);
  note('Times differ from machine to machine: compare within one table.');
});

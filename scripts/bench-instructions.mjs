// npm run bench:instructions: how many instructions the core needs for each operation, which other
// programs on the machine don't change. A rise of more than 3 % over bench/baseline.json fails.
//
//   npm run bench:instructions               compares with the baseline
//   npm run bench:instructions -- --record   makes what was counted the baseline
import './lib/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from './lib/bench-report.mjs';
import {
  baselineFile, compilerName, countInstructions, judge,
} from './lib/instructions.mjs';
import { countsInstructions } from './lib/native-build.mjs';
import { buildSimulator, countedBeside } from './lib/simulation.mjs';
import { Stop, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

function isToBeRecorded() {
  try {
    return parseArgs({ options: { record: { type: 'boolean' } } }).values.record ?? false;
  } catch (error) {
    throw new Stop(`${error.message}. The only option is --record.`);
  }
}

function rowsOf(recorded, counted) {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(counted)])];
  const shown = (number) => (number === undefined ? '–' : number.toLocaleString('en'));
  const change = (before, now) => {
    const percent = (now / before - 1) * 100;
    return Number.isNaN(percent) ? '' : `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
  };
  const rows = names.map((name) => [
    name,
    shown(recorded[name]),
    shown(counted[name]),
    change(recorded[name], counted[name]),
  ]);
  return [['', 'baseline', 'now', ''], ...rows];
}

await script(async () => {
  const records = isToBeRecorded();
  const tools = ['cmake', 'make', 'compiler', 'valgrind'];
  await provideTools(tools, 'npm run bench:instructions');
  if (!countsInstructions()) throw new Stop('Instructions are counted on Linux, with valgrind.');
  const program = countedBeside(await buildSimulator());
  const counted = await step('Counting instructions', () => countInstructions(program));
  if (records) {
    const baseline = { compiler: compilerName(), instructions: counted };
    writeFileSync(baselineFile, `${JSON.stringify(baseline, null, 2)}\n`);
  }
  const baseline = JSON.parse(readFileSync(baselineFile, 'utf8'));
  printTable('Instructions of one operation', rowsOf(baseline.instructions, counted));
  judge(counted);
});

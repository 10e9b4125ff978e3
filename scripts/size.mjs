// npm run size: what each entry costs those who load it, beside its budget.
import './lib/node-version.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { Stop, script, step } from './lib/steps.mjs';

function printTable(rows, budgets) {
  const cells = (row) => [row.name, row.raw, row.brotli, budgets[row.name] ?? ''].map(String);
  const table = [['', 'raw', 'brotli', 'budget'], ...rows.map(cells)];
  for (const [name, ...numbers] of table) {
    console.log(name.padEnd(14) + numbers.map((text) => text.padStart(10)).join(''));
  }
}

await script(async () => {
  await buildPackage('npm run size');
  // Vite is there only now.
  const { measureSizes, overBudget, readBudgets } = await import('./lib/sizes.mjs');
  const budgets = readBudgets();
  const rows = await step('Bundling every entry', measureSizes);
  printTable(rows, budgets);
  const complaints = overBudget(rows, budgets);
  if (complaints.length > 0) throw new Stop(complaints.join('\n'));
});

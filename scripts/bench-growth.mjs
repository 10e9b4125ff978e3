// npm run bench:growth: what an operation costs while entries, listeners, units or tabs grow, as
// tables and as the picture that docs/performance.md shows.
//
//   npm run bench:growth           everything, in under five minutes
//   npm run bench:growth -- quick  two sizes of each in half a minute; draws into build/
import './lib/node-version.mjs';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { duration, printTable, ratio } from './lib/bench-report.mjs';
import { growthPicture } from './lib/growth-picture.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';

const command = 'npm run bench:growth';

function isQuick() {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => word !== 'quick');
  if (unknown) throw new Stop(`There is no "${unknown}"; the only word is quick.`);
  return words.length > 0;
}

async function measureAxis(bench, name, effort) {
  const axis = await bench.axisOf(name);
  const curves = [];
  for (const [curve, { title }] of Object.entries(axis.curves)) {
    const points = await step(`Measuring: ${axis.title}, ${title}`, () =>
      bench.measureCurve(name, curve, effort).catch((error) => {
        throw new Stop(error.message);
      }),
    );
    curves.push({ title, points });
  }
  return { title: axis.title, curves };
}

function rowsOf({ curves }) {
  const sizes = curves[0].points.map(({ size }) => size);
  const rows = curves.map(({ title, points }) => [
    title,
    ...sizes.map((_, place) => (points[place] ? duration(points[place].nanos) : '–')),
    ratio(points.at(-1).nanos, points[0].nanos),
  ]);
  return [['', ...sizes.map((size) => size.toLocaleString('en')), 'last / first'], ...rows];
}

await script(async () => {
  const quickly = isQuick();
  await buildPackage(command);
  const bench = await import('../bench/growth/compare.mjs');
  const effort = quickly ? bench.quick : bench.thorough;
  const charts = [];
  for (const name of bench.axes) {
    const chart = await measureAxis(bench, name, effort);
    printTable(`More ${chart.title}: median CPU time of one operation`, rowsOf(chart));
    charts.push(chart);
  }
  const file = quickly ? join(buildFolder, 'growth.svg') : join(root, 'docs', 'growth.svg');
  writeFileSync(file, growthPicture('CPU time of one operation, while something grows', charts));
  note(`The picture is ${relative(root, file)}.`);
});

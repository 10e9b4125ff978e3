// How big the packages are for those who load them: after bundling, minifying and brotli.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';
import { buildFolder, distFolder, root } from './paths.mjs';

export function measure(content) {
  const bytes = Buffer.from(content);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  return { raw: bytes.length, brotli: brotliCompressSync(bytes, { params }).length };
}

/**
 * What a bundler makes of everything that `entry` (a package name such as `danji/react`)
 * exports: one minified module without whatever `external` leaves to others.
 */
async function bundle(entry, external) {
  const folder = mkdtempSync(join(buildFolder, 'size-'));
  const input = join(folder, 'entry.js');
  writeFileSync(input, `export * from '${entry}';\n`);
  try {
    const output = await build({
      root: folder,
      configFile: false,
      envDir: false,
      logLevel: 'silent',
      build: {
        write: false,
        target: 'es2022',
        minify: true,
        lib: { entry: input, formats: ['es'] },
        // Library mode keeps the whitespace of ES modules for others to minify; we are the others.
        rolldownOptions: { external, output: { minify: true } },
      },
    });
    return [output].flat()[0].output.map((chunk) => chunk.code ?? '').join('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const frameworks = /^(danji|react|react-dom|vue|svelte)(\/|$)/;

const entries = [
  { name: 'danji', entry: 'danji', external: [] },
  { name: 'danji/slim', entry: 'danji/slim', external: [] },
  { name: 'danji/js', entry: 'danji/js', external: [] },
  { name: 'danji/storage', entry: 'danji/storage', external: [] },
  { name: 'danji/presence', entry: 'danji/presence', external: [] },
  { name: 'danji/frames', entry: 'danji/frames', external: [] },
  // The entry itself must be inside the bundle, so it comes by path.
  ...['react', 'vue', 'svelte'].map((name) => ({
    name: `danji/${name}`,
    entry: join(distFolder, name, 'src', 'index.js'),
    external: frameworks,
  })),
];

/** Rows of name, raw and brotli bytes: the core's files, then every entry as users load it. */
export async function measureSizes() {
  const files = [
    { name: 'danji.wasm', file: join(distFolder, 'core', 'danji.wasm') },
    { name: 'wasm-text.js', file: join(distFolder, 'js', 'src', 'engine', 'wasm-text.js') },
    { name: 'plain.js', file: join(distFolder, 'js', 'src', 'engine', 'plain.js') },
  ];
  const rows = files.map(({ name, file }) => ({ name, ...measure(readFileSync(file)) }));
  for (const { name, entry, external } of entries) {
    rows.push({ name, ...measure(await bundle(entry, external)) });
  }
  return rows;
}

/** The budgets, in bytes after brotli, by name. */
export function readBudgets() {
  return JSON.parse(readFileSync(join(root, 'tests', 'size', 'budgets.json'), 'utf8'));
}

/** One sentence for every row that is over its budget, and for every budget without a row. */
export function overBudget(rows, budgets) {
  return Object.entries(budgets).flatMap(([name, most]) => {
    const row = rows.find((candidate) => candidate.name === name);
    if (!row) return [`${name} has a budget but was not measured`];
    if (row.brotli <= most) return [];
    return [`${name} has ${row.brotli} bytes after brotli; its budget is ${most}`];
  });
}

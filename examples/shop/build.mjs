// Builds the shop: four units, each by a build of its own, and the page around them.
//
//   node examples/shop/build.mjs [--engine wasm|js] [--out folder]
//
// As with four teams, nothing is shared between the builds: each unit's script carries its own
// framework, its own copy of the contract (state.ts) and its own copy of Danji. On the page the
// copies find the kernel that the first of them left and share one core. With `--engine js` the
// core is Danji's plain-JavaScript one, for pages whose policy forbids WebAssembly.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { build } from 'vite';

const shop = fileURLToPath(new URL('.', import.meta.url));
const buildFolder = fileURLToPath(new URL('../../build/shop', import.meta.url));
const pageFiles = ['shell.css', 'artwork.svg', 'icons.svg', 'logo.svg', 'products.json'];

export const units = [
  { name: 'header', entry: 'units/header/main.tsx', plugins: () => [react()] },
  {
    name: 'catalogue',
    entry: 'units/catalogue/main.ts',
    // Pictures are addresses on the page, not modules of the unit.
    plugins: () => [vue({ template: { transformAssetUrls: false } })],
  },
  {
    name: 'cart',
    entry: 'units/cart/main.ts',
    plugins: () => [svelte({ configFile: false, compilerOptions: { css: 'external' } })],
  },
  { name: 'panel', entry: 'units/panel/panel.ts', plugins: () => [] },
];

/** One unit's build: one entry in, one script and one style sheet out. */
export function unitConfig(unit, { outDir, engine }) {
  return {
    root: shop,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    base: './',
    plugins: unit.plugins(),
    resolve: {
      // Only the bare name: `danji/react` and its like import it again, and get the same.
      alias: engine === 'js' ? [{ find: /^danji$/, replacement: 'danji/js' }] : [],
    },
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      cssTarget: 'chrome123', // knows light-dark(), so it stays as written
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000, // each unit carries the core inside its script
      rolldownOptions: {
        input: { [unit.name]: join(shop, unit.entry) },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          assetFileNames: `${unit.name}[extname]`,
          codeSplitting: false,
        },
      },
    },
  };
}

/** Under the stricter policy the page must work without WebAssembly. */
function pageFor(engine, html) {
  return engine === 'js' ? html.replace(" 'wasm-unsafe-eval'", '') : html;
}

/** Builds into `outDir` (emptied first) and resolves with that folder. */
export async function buildShop({ engine = 'wasm', outDir, configure = (config) => config } = {}) {
  if (engine !== 'wasm' && engine !== 'js') throw new Error(`there is no engine "${engine}"`);
  const folder = outDir ?? (engine === 'js' ? join(buildFolder, 'plain') : buildFolder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const unit of units) await build(configure(unitConfig(unit, { outDir: folder, engine })));
  for (const file of pageFiles) await copyFile(join(shop, file), join(folder, file));
  const html = await readFile(join(shop, 'index.html'), 'utf8');
  await writeFile(join(folder, 'index.html'), pageFor(engine, html));
  return folder;
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const folder = await buildShop({ engine: argument('--engine'), outDir: argument('--out') });
  console.log(`${folder}: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

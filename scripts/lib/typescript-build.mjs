// The glue and the hooks: `tsc` from js, react, vue and svelte into dist; then the server, which
// uses them, into a dist of its own.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder, root } from './paths.mjs';
import { filesBelow, hashOf, unlessDone } from './stamps.mjs';
import { run, step } from './steps.mjs';

export const sourceFolders = ['js/src', 'react/src', 'vue/src', 'svelte/src'];
export const tsc = join(root, 'node_modules', '.bin', 'tsc');

/** What runs in browsers must not even see the names that only Node has. */
const projects = ['tsconfig.json', 'tsconfig.node.json'];

const isTypeScript = (file) => /\.tsx?$/.test(file);

function emittedFor(source, out) {
  return join(out, source.replace(/\.tsx?$/, '.js'));
}

/** What tsc once wrote for a source that is gone would still be found, packed and imported. */
function removeOrphans(sources) {
  const kept = new Set(sources.map((source) => source.replace(/\.tsx?$/, '')));
  const generated = /^dist\/js\/src\/engine\/(wasm-text|plain)\.js$/;
  for (const folder of sourceFolders) {
    for (const file of filesBelow(join('dist', folder))) {
      const source = file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)(\.map)?$/, '');
      if (!kept.has(source) && !generated.test(file)) rmSync(join(root, file));
    }
  }
}

export async function buildTypeScript({ out = distFolder } = {}) {
  const sources = sourceFolders.flatMap((folder) => filesBelow(folder, isTypeScript));
  const hash = hashOf([...sources, ...projects, 'package-lock.json'], [out]);
  const outputs = sources
    .filter((source) => !source.endsWith('.d.ts'))
    .map((source) => emittedFor(source, out));
  const name = out === distFolder ? 'typescript' : `typescript-${hashOf([], [out]).slice(0, 12)}`;
  await unlessDone({ name, hash, outputs }, () =>
    step('Building the TypeScript', async () => {
      const failure = 'The TypeScript does not compile';
      for (const project of projects) {
        const args = ['-p', join(root, project), '--outDir', out];
        await run(tsc, args, { log: project.replace('.json', ''), failure });
      }
      if (out === distFolder && existsSync(distFolder)) removeOrphans(sources);
    }),
  );
  if (out === distFolder) await buildServer(hash);
}

async function buildServer(glueHash) {
  const sources = filesBelow('server/src', isTypeScript);
  const hash = hashOf([...sources, 'server/tsconfig.json'], [glueHash]);
  const folder = join(root, 'server', 'dist');
  const outputs = sources.map((source) => emittedFor(source.replace(/^server\/src\//, ''), folder));
  await unlessDone({ name: 'server', hash, outputs }, () =>
    step('Building the server', async () => {
      rmSync(folder, { recursive: true, force: true });
      const failure = 'The server does not compile';
      await run(tsc, ['-p', join(root, 'server')], { log: 'server', failure });
      chmodSync(join(folder, 'cli.js'), 0o755);
    }),
  );
}

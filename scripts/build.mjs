// npm run build: the core and the glue into dist/.
//
//   --out DIR          build into DIR instead of dist
//   --define NAME[=V]  define a macro in the core, for mutated builds; may be repeated
import './lib/node-version.mjs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from './lib/package-build.mjs';
import { distFolder } from './lib/paths.mjs';
import { Stop, script } from './lib/steps.mjs';

function readOptions() {
  const options = { out: { type: 'string' }, define: { type: 'string', multiple: true } };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message}. Options: --out DIR, --define NAME=VALUE.`);
  }
}

await script(async () => {
  const { out, define: defines = [] } = readOptions();
  if (defines.length > 0 && !out) throw new Stop('A core with --define needs an --out of its own.');
  await buildPackage('npm run build', { out: out ? resolve(out) : distFolder, defines });
  console.log('The packages are built.');
});

// One way to run cmake, for the WebAssembly and the native builds.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { findProgram } from './programs.mjs';
import { run } from './steps.mjs';

/**
 * A build folder remembers compiler, generator and place of the sources, and cmake fails, or
 * mixes objects of two compilers, when one of them changes. Such a folder is begun anew.
 */
function prepareFolder(folder, identity) {
  const note = join(folder, 'made-by.txt');
  if (existsSync(note) && readFileSync(note, 'utf8') === identity) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(note, identity);
}

/**
 * Configures and builds in `folder`. `compiler` tells one compiler from another, `wrapper` is
 * put before cmake (emcmake), `target` limits what is built. cmake skips what is done already.
 */
export async function buildWithCmake({
  folder, name, compiler, options, failure, wrapper = [], target = [], env,
}) {
  const generator = findProgram('ninja') ? 'Ninja' : 'Unix Makefiles';
  prepareFolder(folder, `${root}\n${generator}\n${compiler}\n`);
  const configure = [...wrapper, 'cmake', '-S', root, '-B', folder, '-G', generator, ...options];
  const build = ['--build', folder, ...target, '--parallel', '2'];
  await run(configure[0], configure.slice(1), { log: `${name}-configure`, failure, env });
  await run('cmake', build, { log: `${name}-build`, failure, env });
}

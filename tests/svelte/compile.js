// Compiles Svelte sources written inside tests, and imports the result. The files are put
// below build/, so that they find the packages as the tests do, and go when the process ends.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, compileModule } from 'svelte/compiler';

const folder = new URL(`../../build/tests-svelte-${process.pid}/`, import.meta.url);
mkdirSync(folder, { recursive: true });
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** `generate` is `'client'` or `'server'`; a source imports another one as `./Name.svelte.js`. */
export function compilerFor(generate) {
  // Development code warns of bindings to what is not reactive.
  const dev = generate === 'client';
  return {
    /** The component of a `.svelte` source. */
    async component(name, source) {
      const filename = `${name}.svelte`;
      const { js, warnings } = compile(source, { filename, generate, dev });
      // A test's unit and states come as props that never change.
      const real = warnings.filter(({ code }) => code !== 'state_referenced_locally');
      if (real.length > 0) throw new Error(real.map(String).join('\n'));
      return (await load(`${filename}.js`, js.code)).default;
    },
    /** The exports of a `.svelte.js` source. */
    module(name, source) {
      const filename = `${name}.svelte.js`;
      return load(filename, compileModule(source, { filename, generate, dev }).js.code);
    },
  };
}

function load(filename, code) {
  const file = new URL(filename, folder);
  writeFileSync(fileURLToPath(file), code);
  return import(file);
}

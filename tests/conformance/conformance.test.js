// The conformance cases through the glue's bridge, on each of the three builds. A case has to end
// with the bytes that are recorded in its file; conformance_test.cpp runs the same files natively,
// so all four builds agree to the byte.
//
//   node tests/conformance/conformance.test.js --record [part of a name]
//
// writes the final bytes of the default build into the files. Read the diff: it is the format.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeModule } from '../../dist/js/src/engine/decode.js';
import { instantiate } from '../../dist/js/src/engine/plain.js';
import { wasmChecksum, wasmLength, wasmText } from '../../dist/js/src/engine/wasm-text.js';
import { errorCodes } from '../../dist/js/src/errors.js';
import { startCore, wasmLoader } from '../../dist/js/src/load.js';
import { TabsWorld } from './case_tabs.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = join(here, 'cases');
const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
const wasmFile = join(here, '..', '..', 'dist', 'core', 'danji.wasm');

const builds = {
  default: wasmLoader(decodeModule(wasmText, wasmLength, wasmChecksum)),
  slim: wasmLoader(new WebAssembly.Module(readFileSync(wasmFile))),
  js: { kind: 'js', load: () => startCore(instantiate()) },
};

function readCase(file) {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

function runCase({ steps }, loader) {
  const world = new TabsWorld(loader);
  world.run(steps);
  return world.finalState();
}

/** One step a line: what a person reads and a diff shows. */
function format({ name, steps, final }) {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  const end = JSON.stringify(final, null, 2).replaceAll('\n', '\n  ');
  const head = `{\n  "name": ${JSON.stringify(name)},\n  "steps": [\n${lines}\n  ]`;
  return `${head},\n  "final": ${end}\n}\n`;
}

if (process.argv.includes('--record')) {
  const part = process.argv[process.argv.indexOf('--record') + 1] ?? '';
  for (const file of files.filter((name) => name.includes(part))) {
    const content = readCase(file);
    const text = format({ ...content, final: runCase(content, builds.default) });
    writeFileSync(join(folder, file), text);
  }
} else {
  for (const [build, loader] of Object.entries(builds)) {
    for (const file of files) {
      const content = readCase(file);
      test(`${build}: ${content.name} (${file})`, () => {
        assert.deepEqual(runCase(content, loader), content.final);
      });
    }
  }
  test('there are at least sixty cases, each with a name of its own', () => {
    const names = new Set(files.map((file) => readCase(file).name));
    assert.ok(files.length >= 60, `${files.length} cases`);
    assert.equal(names.size, files.length);
  });
  test('the error codes are the ones that are written down', () => {
    const listed = JSON.parse(readFileSync(join(here, 'error_codes.json'), 'utf8'));
    assert.deepEqual(listed, errorCodes.map((name, code) => ({ code, name })));
  });
}

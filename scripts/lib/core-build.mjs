// The core as WebAssembly, and the forms in which the packages carry it:
//
//   <out>/core/danji.wasm              for danji/slim, and for who serves it as a file
//   <out>/core/danji-host.wasm         for danji/server: a server's side, which no page carries
//   <out>/js/src/engine/wasm-text.js   for the default entry (embed.mjs)
//   <out>/js/src/engine/plain.js       for danji/js (plain.mjs)
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildWithCmake } from './cmake.mjs';
import { wasmTextModule } from './embed.mjs';
import { buildFolder, distFolder } from './paths.mjs';
import { memoryPagesMax, plainModule } from './plain.mjs';
import { findProgram } from './programs.mjs';
import { filesBelow, hashOf, unlessDone, writeIfChanged } from './stamps.mjs';
import { Stop, run, step } from './steps.mjs';

const isSource = (file) => /\.(cpp|h|cmake)$/.test(file);
const scriptNames = ['cmake', 'core-build', 'embed', 'plain'];
const scriptFiles = scriptNames.map((name) => `scripts/lib/${name}.mjs`);

function emscriptenSetting(name) {
  try {
    return execFileSync('em-config', [name], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** What emcc must find in its environment to work on this machine. */
function emscriptenEnvironment() {
  const env = {};
  // Debian's emscripten loads acorn from Debian's folder, which a Node from elsewhere ignores.
  if (existsSync('/usr/share/nodejs')) env.NODE_PATH = '/usr/share/nodejs';
  const cache = emscriptenSetting('CACHE');
  const isFrozen = emscriptenSetting('FROZEN_CACHE') === 'True';
  if (cache && !isFrozen && !isWritable(cache)) {
    env.EM_CACHE = join(buildFolder, 'emscripten-cache');
  }
  return env;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function compile(folder, { defines, version, targets }) {
  await buildWithCmake({
    folder,
    name: 'wasm',
    compiler: `${findProgram('emcc')} ${version}`,
    wrapper: ['emcmake'],
    options: [`-DDANJI_DEFINES=${defines.join(';')}`],
    target: ['--target', ...targets],
    failure: 'The core could not be compiled to WebAssembly',
    env: emscriptenEnvironment(),
  });
}

/** Pages' core once more, with names; its objects lie below the folder that it is in. */
export async function buildNamedCore() {
  const version = execFileSync('emcc', ['--version'], { encoding: 'utf8' });
  const folder = join(buildFolder, 'wasm');
  await compile(folder, { defines: [], version, targets: ['danji_wasm_named'] });
  return { file: join(folder, 'danji-named.wasm'), objects: join(folder, 'CMakeFiles') };
}

/** The simulator for Node; cmake itself skips what is built already. */
export async function buildSimulatorForNode() {
  const version = execFileSync('emcc', ['--version'], { encoding: 'utf8' });
  const folder = join(buildFolder, 'sim-wasm');
  await buildWithCmake({
    folder,
    name: 'sim-wasm',
    compiler: `${findProgram('emcc')} ${version}`,
    wrapper: ['emcmake'],
    options: ['-DDANJI_SIM=ON'],
    target: ['--target', 'danji_sim'],
    failure: 'The simulator could not be compiled to WebAssembly',
    env: emscriptenEnvironment(),
  });
  // What emcc writes is CommonJS.
  writeIfChanged(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  return join(folder, 'danji_sim.js');
}

function checkImports(bytes) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length === 0) return;
  const names = imports.map(({ module, name }) => `${module}.${name}`).join(', ');
  throw new Stop(`The core imports ${names}, but must import nothing: see bindings/runtime.cpp.`);
}

function binaryen(name) {
  const home = emscriptenSetting('BINARYEN_ROOT');
  const shipped = home && join(home, 'bin', name);
  const found = shipped && existsSync(shipped) ? shipped : findProgram(name);
  if (found) return found;
  throw new Stop(
    `Danji needs ${name}, a part of emscripten, to build danji/js, and there is none beside ` +
      `${dirname(findProgram('emcc'))}. Install binaryen.`,
  );
}

// The parts of WebAssembly that some emscripten uses by default.
const features = [
  'bulk-memory',
  'bulk-memory-opt',
  'call-indirect-overlong',
  'extended-const',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
].map((feature) => `--enable-${feature}`);

// What wasm2js can't say in JavaScript is first rewritten in older instructions. Debian's
// emscripten makes nothing of the kind; today's does, and its binaryen knows these passes.
const loweringPasses = [
  '--llvm-memory-copy-fill-lowering',
  '--llvm-nontrapping-fptoint-lowering',
  '--signext-lowering',
];

async function translate(wasmFile, folder) {
  const failure = 'The core could not be translated to plain JavaScript';
  const optimizer = binaryen('wasm-opt');
  const help = execFileSync(optimizer, ['--help'], { encoding: 'utf8' });
  const isKnown = (option) => help.includes(`${option} `);
  const enabled = features.filter(isKnown);
  const lowered = join(folder, 'lowered.wasm');
  const lower = [...enabled, ...loweringPasses.filter(isKnown), wasmFile, '-o', lowered];
  await run(optimizer, lower, { log: 'wasm-lower', failure });
  const translated = join(folder, 'translated.js');
  const toJavaScript = [...enabled, '-O3', lowered, '-o', translated];
  await run(binaryen('wasm2js'), toJavaScript, { log: 'wasm2js', failure });
  try {
    return plainModule(readFileSync(translated, 'utf8'), memoryPagesMax(readFileSync(wasmFile)));
  } catch (error) {
    throw new Stop(`${failure}: the output of wasm2js has ${error.message}.`);
  }
}

/** Builds the core into `out` unless that is done; `defines` are macros, for mutated builds. */
export async function buildCore({ out = distFolder, defines = [] } = {}) {
  const version = execFileSync('emcc', ['--version'], { encoding: 'utf8' });
  const inputs = [
    ...filesBelow('core', isSource),
    ...filesBelow('bindings', isSource),
    'CMakeLists.txt',
    ...scriptFiles,
  ];
  const files = {
    wasm: join(out, 'core', 'danji.wasm'),
    host: join(out, 'core', 'danji-host.wasm'),
    text: join(out, 'js', 'src', 'engine', 'wasm-text.js'),
    plain: join(out, 'js', 'src', 'engine', 'plain.js'),
  };
  const hash = hashOf(inputs, [version, ...defines]);
  const isMain = out === distFolder && defines.length === 0;
  const name = isMain ? 'wasm' : `wasm-${hashOf([], [out, ...defines]).slice(0, 12)}`;
  const outputs = Object.values(files);
  await unlessDone({ name, hash, outputs }, () =>
    step('Building the core as WebAssembly', async () => {
      const folder = join(buildFolder, name);
      await compile(folder, { defines, version, targets: ['danji_wasm', 'danji_host_wasm'] });
      const page = join(folder, 'danji.wasm');
      const bytes = readFileSync(page);
      const host = readFileSync(join(folder, 'danji-host.wasm'));
      checkImports(bytes);
      checkImports(host);
      writeIfChanged(files.host, host);
      writeIfChanged(files.plain, await translate(page, folder));
      writeIfChanged(files.text, wasmTextModule(bytes));
      writeIfChanged(files.wasm, bytes);
    }),
  );
}

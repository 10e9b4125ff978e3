// The tools that the scripts need: found on this machine, or installed by its package manager.
//
// Everything is looked for first. Only when something is missing is the package manager started,
// once for all of it; a machine that has everything is never asked to reach the network.
import './node-version.mjs';
import { existsSync } from 'node:fs';
import { chromiumPath } from './chromium.mjs';
import {
  findClang, findClangTool, findFuzzingClang, runtimePackage, toolsPackage,
} from './clang.mjs';
import { findHeaderFolder, findProgram } from './programs.mjs';
import { Stop, run, step } from './steps.mjs';

/**
 * A tool: what it is called, what Danji needs it for, how to find it and what the package
 * managers call it. An emcc on the PATH wins, so an activated emsdk is used.
 */
const tools = {
  emcc: {
    name: 'emcc',
    need: 'to build its core',
    find: () => findProgram('emcc'),
    apt: 'emscripten',
    brew: 'emscripten',
  },
  cmake: {
    name: 'cmake',
    need: 'to build its core',
    find: () => findProgram('cmake'),
    apt: 'cmake',
    brew: 'cmake',
  },
  make: {
    name: 'ninja or make',
    need: 'to build its core',
    find: () => findProgram('ninja') ?? findProgram('make'),
    apt: 'ninja-build',
    brew: 'ninja',
  },
  compiler: {
    name: 'a C++ compiler',
    need: 'to test its core',
    find: () => process.env.CXX || findProgram('g++') || findProgram('clang++'),
    apt: 'g++',
    brew: 'llvm',
  },
  googletest: {
    name: 'GoogleTest',
    need: 'to test its core',
    find: () =>
      findHeaderFolder('gtest/gtest.h') ?? firstThatExists(['/usr/src/googletest/CMakeLists.txt']),
    apt: 'libgtest-dev',
    brew: 'googletest',
  },
  json: {
    name: 'nlohmann-json',
    need: 'to test its core',
    find: () => findHeaderFolder('nlohmann/json.hpp'),
    apt: 'nlohmann-json3-dev',
    brew: 'nlohmann-json',
  },
  benchmark: {
    name: 'Google Benchmark',
    need: 'to measure its core',
    find: () => findHeaderFolder('benchmark/benchmark.h'),
    apt: 'libbenchmark-dev',
    brew: 'google-benchmark',
  },
  valgrind: {
    name: 'valgrind',
    need: 'to count what its core does',
    find: () => findProgram('valgrind') && findHeaderFolder('valgrind/callgrind.h'),
    apt: 'valgrind',
    brew: 'valgrind',
  },
  clang: {
    name: 'clang',
    need: 'to test its core',
    find: findClang,
    apt: 'clang',
    brew: 'llvm',
  },
  // After clang, whose version says which one.
  clangRuntime: {
    name: "clang's sanitizers and libFuzzer",
    need: 'to watch its core',
    find: findFuzzingClang,
    get apt() {
      return runtimePackage();
    },
    brew: 'llvm',
  },
  llvm: {
    name: 'llvm-cov',
    need: 'to see what its tests reach',
    find: () => findClangTool('llvm-cov') && findClangTool('llvm-profdata'),
    get apt() {
      return toolsPackage();
    },
    brew: 'llvm',
  },
  redis: {
    name: 'redis-server',
    need: 'to test several servers',
    find: () => findProgram('redis-server'),
    apt: 'redis-server',
    brew: 'redis',
  },
  chromium: {
    name: 'Chromium',
    need: 'to test in a real browser',
    find: chromiumPath,
    apt: 'chromium',
    brew: 'chromium',
  },
};

function firstThatExists(files) {
  return files.find((file) => existsSync(file));
}

const sudo = process.getuid?.() !== 0 && findProgram('sudo') ? ['sudo'] : [];
const quiet = { DEBIAN_FRONTEND: 'noninteractive' };

async function installByApt(packages, log) {
  const apt = (args, options) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    return run(command, rest, { env: quiet, ...options });
  };
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  try {
    await apt(install, { log, tail: false });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    // A fresh machine has no package lists yet, an old one stale ones.
    await apt(['update'], { log: `${log}-update`, tail: false });
    await apt(install, { log });
  }
}

function packageManager() {
  if (findProgram('apt-get')) {
    return { title: 'apt-get', packageOf: (tool) => tool.apt, install: installByApt };
  }
  if (findProgram('brew')) {
    return {
      title: 'brew',
      packageOf: (tool) => tool.brew,
      install: (packages, log) => run('brew', ['install', ...packages], { log }),
    };
  }
  return undefined;
}

/**
 * Makes sure that all of `wanted` (names from the list above) are on this machine, else stops
 * with a sentence that names the first one that could not be had and the command to run again.
 */
export async function provideTools(wanted, command) {
  checkChosenChromium(wanted);
  const missing = wanted.map((name) => tools[name]).filter((tool) => !tool.find());
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(', ');
  const manager = packageManager();
  if (!manager) {
    throw new Stop(
      `Danji needs ${missing[0].name} ${missing[0].need}, and there is neither apt-get nor brew ` +
        `here to install it. Install ${names} and run ${command} again.`,
    );
  }
  const log = `install-${wanted.find((name) => tools[name] === missing[0])}`;
  await step(`Installing ${names}`, async () => {
    try {
      await manager.install(missing.map(manager.packageOf), log);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    const absent = missing.find((tool) => !tool.find());
    if (!absent) return;
    throw new Stop(
      `Danji needs ${absent.name} ${absent.need}; it could not be installed with ` +
        `${manager.title} (see build/logs/${log}.log). Install ${manager.packageOf(absent)} and ` +
        `run ${command} again.`,
    );
  });
}

function checkChosenChromium(wanted) {
  const chosen = process.env.CHROME_PATH;
  if (!wanted.includes('chromium') || !chosen || existsSync(chosen)) return;
  throw new Stop(`CHROME_PATH names ${chosen}, and there is no such file.`);
}

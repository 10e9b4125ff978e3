// Tidy catches what it forbids: every rule is fed a bad snippet, and a good one beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileOf } from './files.js';
import { checkCircles, checkHeadersIncluded, checkReached } from './graph.js';
import { checkImports, checkIncludes } from './includes.js';
import { checkBindings, checkColumns, checkFileLength, checkFunctions } from './limits.js';
import * as words from './words.js';

/** The rule complains once about the bad file, with these words, and not at all about the good. */
function catches(sentence, check, { bad, good, message }) {
  test(sentence, () => {
    const complaints = check(fileOf(...bad));

    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0], message);
    assert.deepEqual(check(fileOf(...good)), []);
  });
}

const linesOf = (count) => 'a;\n'.repeat(count);
const cppFunction = (body, parameters = '') => `int count(${parameters}) {\n${body}}\n`;
const scriptFunction = (body, parameters = '') => `function count(${parameters}) {\n${body}}\n`;
const nested = (depth) => `${'if (a) {'.repeat(depth)} b(); ${'}'.repeat(depth)}\n`;

catches('a line of 101 columns', checkColumns, {
  bad: ['js/src/a.ts', `// ${'단'.repeat(98)}\n`],
  good: ['js/src/a.ts', `// ${'단'.repeat(97)}\n`],
  message: /a\.ts:1: 101 columns/,
});

for (const [path, most] of [
  ['core/value/value.h', 200],
  ['core/value/value.cpp', 400],
  ['js/src/draft.ts', 250],
  ['vue/src/useSharedState.ts', 60],
  ['tests/js/unit.test.js', 500],
]) {
  catches(`${path} with more than ${most} lines`, checkFileLength, {
    bad: [path, linesOf(most + 1)],
    good: [path, linesOf(most)],
    message: new RegExp(`at most ${most}`),
  });
}

for (const [path, make] of [
  ['core/value/value.cpp', cppFunction],
  ['js/src/draft.ts', scriptFunction],
]) {
  catches(`a function of 61 lines in ${path}`, checkFunctions, {
    bad: [path, make(linesOf(59))],
    good: [path, make(linesOf(58))],
    message: /a function of 61 lines/,
  });

  catches(`a function with six parameters in ${path}`, checkFunctions, {
    bad: [path, make('', 'a, b, c, d, e, f')],
    good: [path, make('', 'a, b, c, d, e')],
    message: /6 parameters/,
  });

  catches(`a function nested four deep in ${path}`, checkFunctions, {
    bad: [path, make(nested(4))],
    good: [path, make(nested(3) + nested(3))],
    message: /nested 4 deep/,
  });
}

catches('a long method with an initializer list, but not the class around it', checkFunctions, {
  bad: ['core/a.cpp', `Space::Space(int a, Map<int, int> b) : a_(a), b_{b} {\n${linesOf(60)}}\n`],
  good: ['core/a.cpp', `class A final {\n${linesOf(60)}};\nnamespace danji {\n${linesOf(60)}}\n`],
  message: /a function of 62 lines/,
});

test('a chain of else-ifs is flat', () => {
  const chain = 'if (a) { b(); } else if (c) { d(); } else if (e) { f(); } else { g(); }\n';

  for (const [path, make] of [['core/a.cpp', cppFunction], ['js/src/a.ts', scriptFunction]]) {
    const complaints = checkFunctions(fileOf(path, make(`if (z) { if (y) { ${chain} } }\n`)));

    assert.deepEqual(complaints, []);
  }
});

test('bindings of a module that grow beyond 540 lines or 40 calls', () => {
  const call = 'DANJI_EXPORT(danji_set) void danji_set() {}\n';
  const doors = [fileOf('bindings/a.cpp', call.repeat(20)), fileOf('bindings/b.cpp', linesOf(510))];
  const host = [fileOf('bindings/host/a.cpp', call.repeat(41))];

  assert.deepEqual(checkBindings(doors), []);
  assert.match(checkBindings([...doors, fileOf('bindings/c.cpp', linesOf(11))])[0], /541 lines/);
  assert.match(checkBindings([...doors, fileOf('bindings/c.cpp', call.repeat(21))]).at(-1), /41/);
  assert.match(checkBindings([...doors, ...host])[0], /bindings\/host\/: 41 calls/);
});

for (const word of [
  'std::cout << 1;', 'throw 1;', 'catch (...)', 'dynamic_cast<A*>(b)', 'list.at(1)',
  'std::ranges::sort(a)', 'std::format(a)', 'rand()', 'time(nullptr)',
  'std::chrono::system_clock::now()', 'std::unordered_map<std::string, int> byKey;',
  'std::unordered_set<std::uint64_t> fingerprints;',
]) {
  catches(`\`${word}\` in the core`, words.checkCppWords, {
    bad: ['core/space/space.cpp', `${word}\n`],
    good: ['core/space/space.cpp', `// ${word}\nconst char* text = "${word}"; setTime(1);\n`],
    message: /space\.cpp:1: /,
  });
}

for (const [what, bad, message] of [
  ['`any`', 'export const a: any = 1;', /use `unknown`/],
  ['a cast through unknown', 'export const a = b as unknown as string;', /narrow/],
  ['a non-null claim', 'export const a = b!.c;', /non-null/],
  ['the clock', 'export const a = Date.now();', /load\.ts/],
  ['chance', 'export const a = Math.random();', /load\.ts/],
  ['WebAssembly', 'export const a = new WebAssembly.Module(b);', /WebAssembly only/],
]) {
  catches(`${what} in the glue`, words.checkScriptWords, {
    bad: ['js/src/draft.ts', bad],
    good: ['js/src/draft.ts', `// ${bad}\nexport const text = '${bad}';`],
    message,
  });
}

const openWord = 'TO' + 'DO';
catches('an open task', words.checkOpenTasks, {
  bad: ['core/a.cpp', `// ${openWord}: later\n`],
  good: ['core/a.cpp', `// ${openWord}(ada): later\n`],
  message: /an open task/,
});

// In pieces, so that this file does not break the rule itself.
for (const pieces of [
  ['test.', 'skip("a")'], ['{ skip:', ' true }'], ['GTEST', '_SKIP()'], ['DISABLED', '_a'],
]) {
  const skip = pieces.join('');
  catches(`a test skipped by ${skip}`, words.checkSkippedTests, {
    bad: ['tests/js/a.test.js', `${skip}\n`],
    good: ['tests/js/a.test.js', "test('skips nothing', () => {});\n"],
    message: /no test/,
  });
}

catches('a module without a comment at its head', words.checkFirstComment, {
  bad: ['js/src/a.ts', 'export const a = 1;\n'],
  good: ['js/src/a.ts', '/** A: the first. */\nexport const a = 1;\n'],
  message: /says what it is/,
});

catches('a header without a guard', words.checkPragmaOnce, {
  bad: ['core/a.h', '// A.\nint a();\n'],
  good: ['core/a.h', '// A.\n#pragma once\nint a();\n'],
  message: /#pragma once/,
});

for (const [path, bad, good] of [
  ['core/value/value.h', '"core/entry/entry.h"', '"core/base/result.h"'],
  ['core/space/space.h', '"core/wire/frame.h"', '"core/strategy/strategy.h"'],
  ['core/replica/peer.h', '"core/engine/engine.h"', '"core/authority/log.h"'],
  ['core/value/json.cpp', '<nlohmann/json.hpp>', '<string>'],
  ['core/engine/engine.cpp', '<emscripten.h>', '"core/replica/peer.h"'],
  ['core/engine/engine.cpp', '"bindings/boundary.h"', '"core/wire/frame.h"'],
  ['bindings/hot_calls.cpp', '"core/space/space.h"', '"core/engine/engine.h"'],
  ['bindings/host/host_surface.cpp', '"core/engine/engine.h"', '"core/server/host.h"'],
]) {
  catches(`${path} including ${bad}`, checkIncludes, {
    bad: [path, `#include ${bad}\n`],
    good: [path, `#include ${good}\n`],
    message: /:1: /,
  });
}

for (const [path, bad, good] of [
  ['js/src/bridge.ts', './unit.js', './errors.js'],
  ['js/src/draft.ts', 'react', './mirror.js'],
  ['js/src/draft.ts', '../../react/src/index.js', './bridge.js'],
  ['js/src/tabs/lock.ts', '../manager.js', '../errors.js'],
  ['react/src/provider.tsx', 'vue', 'react'],
  ['vue/src/provider.ts', '../../react/src/provider.js', './useSharedState.js'],
  ['svelte/src/provider.ts', 'danji/slim', 'danji'],
  ['examples/shop/state.ts', '../../js/src/index.js', 'danji'],
  ['js/src/storage/memory.ts', 'node:fs', './rows.js'],
  ['js/src/storage/file/disk.ts', 'lmdb', 'node:fs'],
  ['js/src/storage/file/disk.ts', '../../mirror.js', '../rows.js'],
]) {
  catches(`${path} importing ${bad}`, checkImports, {
    bad: [path, `import { a } from '${bad}';\n`],
    good: [path, `import { a } from '${good}';\n`],
    message: /:1: /,
  });
}

test('a module, also of a dead pair, that no entry leads to', () => {
  const entry = fileOf('js/src/entry/default.ts', "export * from '../index.js';\n");
  const index = fileOf('js/src/index.ts', "import type { A } from './types.js';\n");
  const types = fileOf('js/src/types.ts', 'export type A = 1;\n');
  const dead = fileOf('js/src/dead.ts', "import './deader.js';\n");
  const deader = fileOf('js/src/deader.ts', "import './dead.js';\n");

  const complaints = checkReached([entry, index, types, dead, deader]);

  assert.deepEqual(complaints.map((text) => text.split(':')[0]), [dead.path, deader.path]);
});

test('a header that nobody includes', () => {
  const used = fileOf('core/a/used.h', '#pragma once\n');
  const unused = fileOf('core/a/unused.h', '#pragma once\n');
  const user = fileOf('core/a/user.cpp', '#include "core/a/used.h"\n');

  assert.match(checkHeadersIncluded([used, unused, user]).join(), /^core\/a\/unused\.h/);
});

test('a circle of imports at run time, but not one of types', () => {
  const runs = fileOf('js/src/a.ts', "import { b } from './b.js';\n");
  const circle = fileOf('js/src/b.ts', "import { a } from './a.js';\n");
  const types = fileOf('js/src/b.ts', "import type { A } from './a.js';\n");

  assert.match(checkCircles([runs, circle])[0], /a\.ts → js\/src\/b\.ts → js\/src\/a\.ts/);
  assert.deepEqual(checkCircles([runs, types]), []);
});

// Words that are not used here, each with what is used instead. Each rule takes a file.
import { bareCode } from './cpp.js';
import { complaint, isCpp, isIn, isScript } from './files.js';
import { bannedIn } from './syntax.js';

const cppWords = [
  [/std::c(?:out|err)\b/, 'std::cout prints; the core has no I/O: return what happened'],
  [/\bthrow\b/, '`throw`: the core has no exceptions; return a Result'],
  [/\bcatch\b/, '`catch`: the core has no exceptions; return a Result'],
  [/\bdynamic_cast\b/, '`dynamic_cast`: use a switch over an enum class'],
  [/(?:\.|->)at\(/, '`.at(` would throw; use find() or check the index'],
  [/std::ranges\b/, '`std::ranges` is missing in a compiler we support; use <algorithm>'],
  [/std::format\b/, '`std::format` is missing in a compiler we support; use to_chars'],
  [/\bs?rand\(/, '`rand(`: the core has no randomness; take it as an argument'],
  [/\btime\(/, '`time(`: the core has no clock; take the time as an argument'],
  [
    /unordered_(?:multi)?(?:map|set)<\s*(?:std::string|Bytes|std::uint64_t)/,
    'what strangers choose may collide under a hash (T13): use a std::map or std::set',
  ],
  [/chrono::system_clock/, '`system_clock`: the core has no clock; take the time as an argument'],
];

export function checkCppWords(file) {
  if (!isCpp(file) || !isIn(file, 'core', 'bindings')) return [];
  const lines = bareCode(file.text).split('\n');
  return lines.flatMap((text, index) =>
    cppWords
      .filter(([word]) => word.test(text))
      .map(([, message]) => complaint(file, index + 1, message)),
  );
}

const glue = ['js/src', 'react/src', 'vue/src', 'svelte/src'];
const wasmPlaces = /^js\/src\/(load\.ts|bridge\.ts|(engine|entry)\/)/;

export function checkScriptWords(file) {
  if (!isScript(file) || !isIn(file, ...glue)) return [];
  const found = bannedIn(file);
  const tell = (lines, message) => lines.map((line) => complaint(file, line, message));
  const complaints = [
    ...tell(found.castThroughUnknown, '`as unknown as` hides a mistake; narrow with a check'),
    ...tell(found.nonNull, 'a non-null `!` hides a mistake; check and throw a DanjiError'),
  ];
  // The public types need it where a callback must accept a parameter of any type.
  if (!['js/src/types.ts', 'js/src/schema-types.ts'].includes(file.path)) {
    complaints.push(...tell(found.any, '`any` turns checking off; use `unknown` and narrow'));
  }
  if (file.path !== 'js/src/load.ts') {
    complaints.push(
      ...tell(found.clock, 'Date.now and Math.random only in load.ts; take the time from there'),
    );
  }
  if (!wasmPlaces.test(file.path)) {
    complaints.push(...tell(found.wasm, 'WebAssembly only in load.ts, bridge.ts and the engine'));
  }
  return complaints;
}

// Written apart, so that this file does not break its own rules.
const openWords = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|');
const openTask = new RegExp(`\\b(?:${openWords})\\b(?!\\(\\w)`);
const skippedInGoogleTest = ['GTEST' + '_SKIP', 'DISABLED' + '_'].join('|');
const skipped = new RegExp(
  `\\b(?:test\\.(?:skip|only)\\(|(?:skip|only): true|${skippedInGoogleTest})`,
);

export function checkOpenTasks(file) {
  return file.lines.flatMap((text, index) =>
    openTask.test(text)
      ? [complaint(file, index + 1, 'an open task without a name: do it, or say who does')]
      : [],
  );
}

export function checkSkippedTests(file) {
  if (!isIn(file, 'tests')) return [];
  return file.lines.flatMap((text, index) =>
    skipped.test(text) ? [complaint(file, index + 1, 'a test that is not run is no test')] : [],
  );
}

/** The first thing in a header or module says what it is; scripts may have a #! line before. */
export function checkFirstComment(file) {
  const isModule = isScript(file) && isIn(file, ...glue, 'server', 'scripts', 'tests');
  if (!isModule && !file.path.endsWith('.h')) return [];
  const first = file.text.replace(/^#!.*\n/, '');
  if (/^\s*(?:\/\/|\/\*)/.test(first)) return [];
  return [complaint(file, 0, 'does not begin with a comment that says what it is')];
}

export function checkPragmaOnce(file) {
  if (!file.path.endsWith('.h') || /^#pragma once$/m.test(file.text)) return [];
  return [complaint(file, 0, 'a header without #pragma once')];
}

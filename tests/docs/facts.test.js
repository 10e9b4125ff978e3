// What the documents say about the code, compared with the code.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from 'danji';
import { documents, root, textOf } from './fences.js';

/** The rows of all tables of a text, as lists of cells. */
function rowsOf(text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|$/g, '').trim()));
}

test('every error code is explained once, and no other', () => {
  const explained = rowsOf(textOf('docs/errors.md'))
    .map(([code]) => /^`([A-Z_]+)`$/.exec(code)?.[1])
    .filter((code) => code !== undefined);

  assert.deepEqual([...explained].sort(), errorCodes.filter((code) => code !== 'OK').sort());
});

test('every type of frame is listed with its number', () => {
  const header = textOf('core/wire/frame.h');
  const types = [...header.matchAll(/^ {2}(\w+) = (\d+),$/gm)].map(([, name, n]) => [n, name]);
  assert.ok(types.length > 10);

  const listed = rowsOf(textOf('docs/protocol.md'))
    .filter(([number]) => /^\d+$/.test(number))
    .map(([number, name]) => [number, name]);
  const frames = listed.filter(([, name]) => types.some(([, known]) => known === name));

  assert.deepEqual(frames, types);
});

test('tabs.md has a row for every frame that tabs exchange', () => {
  const header = textOf('core/wire/frame.h');
  const names = [...header.matchAll(/^ {2}(\w+) = \d+,$/gm)].map(([, name]) => name);
  const exchanged = names.filter((name) => name !== 'part' && name !== 'snapshot');
  const rows = rowsOf(textOf('docs/tabs.md')).map(([name]) => name);

  for (const name of exchanged) assert.ok(rows.includes(name.toUpperCase()), name);
});

/** A limit of core/base/limits.h by its name. */
function limit(name) {
  const found = new RegExp(`\\b${name} = ([\\d' *_]+);`).exec(textOf('core/base/limits.h'));
  assert.ok(found, `core/base/limits.h has no ${name}`);
  return found[1]
    .replaceAll("'", '')
    .split('*')
    .reduce((product, factor) => product * Number(factor), 1);
}

function shownBytes(bytes) {
  if (bytes % (1024 * 1024) === 0) return `${bytes / 1024 / 1024} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

test('the limits are those of the code', () => {
  const grouped = (number) => number.toLocaleString('en-US');
  const expected = {
    key: shownBytes(limit('kKeyBytesMax')),
    id: shownBytes(limit('kIdBytesMax')),
    value: `${shownBytes(limit('kValueBytesMax'))}, ${limit('kNestingMax')} levels`,
    'fields of a merge': `${grouped(limit('kFieldsMax'))}, those taken away included`,
    'values that wait for a choice': grouped(limit('kSiblingsMax')),
    'changes in an op':
      `${grouped(limit('kBatchChangesMax'))}, together ${shownBytes(limit('kBatchBytesMax'))}`,
    frame: shownBytes(limit('kFrameBytesMax')),
    'message in parts': shownBytes(limit('kMessageBytesMax')),
    'undecided ops in a space': grouped(limit('kPendingOpsMax')),
    'records kept for others': grouped(limit('kRecordsKept')),
    'own ops kept for a new log': grouped(limit('kOwnOpsKept')),
    'rejections kept': grouped(limit('kRejectionsKept')),
    "dots of a value's included ops": grouped(limit('kIncludedMax')),
    'waiting for promises': `${limit('kPromiseWaitMillis')} ms`,
    'silence before sending again': `${limit('kResendMillis') / 1000} s`,
    "silence before another tab's op is sent again": `${limit('kForeignResendMillis') / 1000} s`,
    'silence before a visible tab steals the lock': `${limit('kStealMillis') / 1000} s`,
    'ops of a session on their way to a server': grouped(limit('kOpsInFlightMax')),
    'silence of a server before it is asked again': `${limit('kUplinkResendMillis') / 1000} s`,
    'wait for a decision before an op is sent again to a server that speaks':
      `${limit('kUplinkResendMillis') / 500} s, doubled up to ` +
      `${(limit('kUplinkResendMillis') * 2 ** limit('kUplinkDoublingsMax')) / 1000} s`,
    'pause before a leader is told again of ops for the server':
      `${limit('kServerPushMillis') / 1000} s, ` +
      `doubled up to ${limit('kServerPushMillisMax') / 1000} s`,
  };
  const limitsIn = (file) => rowsOf(textOf(file).split('## Limits')[1]);
  const rows = ['docs/protocol.md', 'docs/server-spaces.md'].flatMap(limitsIn);
  const stated = Object.fromEntries(rows.filter(([name]) => name !== 'what' && !/^-/.test(name)));

  assert.deepEqual(stated, expected);
});

const place = /^(?:core|bindings|js|react|vue|svelte|scripts|tests|bench|examples|docs)\/[\w./-]*$/;

test('files and folders that the documents name are there', () => {
  for (const file of documents) {
    const named = [...textOf(file).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text);
    const missing = named.filter((text) => place.test(text) && !existsSync(join(root, text)));
    assert.deepEqual(missing, [], `named in ${file}`);
  }
});

test('the guides name what the packages export', async () => {
  for (const name of ['react', 'vue', 'svelte']) {
    const exported = Object.keys(await import(`danji/${name}`));
    const guide = textOf(`docs/${name}.md`);
    const unnamed = exported.filter((word) => !guide.includes(word));
    assert.deepEqual(unnamed, [], `exported by danji/${name} and not in its guide`);
  }
});

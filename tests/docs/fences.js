// The fenced blocks of the documents: every one is an example that runs, a command that is
// checked, or a picture.
//
//   ```js            an example; `// => value` behind an expression, `// throws CODE` behind a
//                    statement and `// prints text` are its expectations
//   ```js name=x.js  the same, and the other examples of the document may import './x.js'
//   ```text          a picture or a grammar: nothing that runs
//
// A comment `<!-- check … -->` behind a fence, which readers do not see, holds a program that
// looks at what the example made; an example that renders something needs one.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Which kind of runner takes an example of a language. */
export const runners = {
  js: 'vanilla',
  ts: 'vanilla',
  jsx: 'react',
  vue: 'vue',
  svelte: 'svelte',
  sh: 'command',
  text: 'picture',
};

function markdownIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.md'))
    .sort();
}

/** All documents, as paths from the root. */
export const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs')];

export function textOf(file) {
  return readFileSync(join(root, file), 'utf8');
}

/**
 * The fences of a text: `{ file, line, language, name, code, check }`. Throws on a fence that
 * nothing closes and on a check that belongs to no fence.
 */
export function fencesIn(file, text = textOf(file)) {
  const fences = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    if (lines[at].startsWith('<!-- check')) throw new Error(`${file}:${line}: a check of nothing`);
    const opening = /^\s*```+\s*(.*)$/.exec(lines[at]);
    if (opening === null) continue;
    const end = lines.findIndex((text, place) => place > at && /^\s*```+\s*$/.test(text));
    if (end < 0) throw new Error(`${file}:${line}: this fence is never closed`);
    const [language = '', ...words] = opening[1].split(/\s+/);
    const name = words.find((word) => word.startsWith('name='))?.slice('name='.length);
    const { check, next } = checkBehind(lines, end);
    const code = lines.slice(at + 1, end).join('\n');
    fences.push({ file, line, language, name, code, check });
    at = next;
  }
  return fences;
}

function checkBehind(lines, end) {
  let at = end + 1;
  while (lines[at] === '') at++;
  if (!lines[at]?.startsWith('<!-- check')) return { check: undefined, next: end };
  const last = lines.findIndex((text, place) => place >= at && text.includes('-->'));
  const inner = lines.slice(at, last + 1).join('\n');
  return { check: inner.replace('<!-- check', '').replace('-->', ''), next: last };
}

/** The examples of all documents that a runner takes, with a title for each. */
export function examplesFor(runner) {
  return documents
    .flatMap((file) => fencesIn(file))
    .filter(({ language }) => runners[language] === runner)
    .map((fence) => ({ ...fence, title: `${fence.file}, line ${fence.line}` }));
}

/** A document's name as a folder's name. */
export function folderName(file) {
  return file.replaceAll('/', '-').replace('.md', '');
}

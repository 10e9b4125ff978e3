// The documents as a whole: no fence that nobody runs, no link that leads nowhere, and the shape
// that all of them have.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { countExpectations } from './expectations.js';
import { documents, fencesIn, root, runners, textOf } from './fences.js';

/** The runners that execute something; each has a test file of its name. */
const executing = ['vanilla', 'react', 'vue', 'svelte'];
const scripts = JSON.parse(textOf('package.json')).scripts;

function complaintAboutLanguage({ file, line, language }) {
  if (language === '') return `${file}:${line}: a fence without a language`;
  if (Object.hasOwn(runners, language)) return undefined;
  return `${file}:${line}: nobody runs "${language}"`;
}

/** An example that promises nothing could not fail. */
function complaintAboutPromises(fence, others) {
  const { file, line, language, name, code, check } = fence;
  const runner = runners[language];
  if (!executing.includes(runner)) return undefined;
  const promises = runner === 'vanilla' ? countExpectations(code) : 0;
  if (check !== undefined || promises > 0) return undefined;
  const isImported = others.some((other) => name && other.code.includes(`'./${name}'`));
  return isImported ? undefined : `${file}:${line}: this example promises nothing`;
}

/** The server's command, with options that it has. */
function isServerCommand(command) {
  const [, options] = /^(?:\w+=\S+ )?npx danji-server((?: \S+)*)$/.exec(command) ?? [];
  if (options === undefined) return false;
  const usage = textOf('server/src/cli.ts');
  return [...options.matchAll(/--[\w-]+/g)].every(([option]) => usage.includes(`  ${option}`));
}

const installs = /^npm (install \S+\.tgz|pack|ci)$/;

function complaintAboutCommand(command) {
  if (installs.test(command) || isServerCommand(command)) return undefined;
  const [, name] = /^npm (?:run )?([\w:]+)(?: -- [\w -]+)?$/.exec(command) ?? [];
  if (name === undefined || !Object.hasOwn(scripts, name)) return `no such command: ${command}`;
  const file = scripts[name].replace('node ', '');
  if (existsSync(join(root, file))) return undefined;
  return `${command} would run ${file}, which is not there`;
}

/** Every promise and every language is somebody's work. */
function complaintsAbout(file, text) {
  const fences = fencesIn(file, text);
  return fences
    .flatMap((fence) => {
      const commands = fence.language === 'sh' ? fence.code.split('\n') : [];
      return [
        complaintAboutLanguage(fence),
        complaintAboutPromises(fence, fences),
        ...commands
          .flatMap((line) => line.replace(/\s*#.*/, '').split(' && '))
          .filter((command) => command !== '')
          .map(complaintAboutCommand),
      ];
    })
    .filter((complaint) => complaint !== undefined);
}

test('every fence is an example that runs, a command that exists, or a picture', () => {
  for (const file of documents) assert.deepEqual(complaintsAbout(file), []);
});

test('every language has a runner, and every runner a test', () => {
  for (const runner of new Set(Object.values(runners))) {
    if (runner === 'command' || runner === 'picture') continue;
    assert.ok(executing.includes(runner), runner);
    const text = textOf(`tests/docs/${runner}.test.js`);
    assert.ok(text.includes(`testExamples('${runner}'`), runner);
  }
});

test('a fence that nobody runs is noticed', () => {
  const fenced = (opening, ...lines) => [`\`\`\`${opening}`, ...lines, '```', ''].join('\n');
  const complaints = (text) => complaintsAbout('made-up.md', text).length;

  assert.equal(complaints(fenced('', 'x')), 1);
  assert.equal(complaints(fenced('python', 'print(1)')), 1);
  assert.equal(complaints(fenced('js', 'read();')), 1);
  assert.equal(complaints(fenced('js name=a.js', 'read();')), 1);
  assert.equal(complaints(fenced('jsx', 'export const A = () => <b />; // => 1')), 1);
  assert.equal(complaints(fenced('sh', 'npm run nothing')), 1);
  assert.equal(complaints(fenced('sh', 'rm -rf build')), 1);
  assert.equal(complaints(fenced('sh', 'npx danji-server --nothing')), 1);
  assert.throws(() => complaints('```js\nread();\n'), /never closed/);
  assert.throws(() => complaints('<!-- check\n-->\n'), /a check of nothing/);

  assert.equal(complaints(fenced('text', 'a → b')), 0);
  assert.equal(complaints(fenced('js', 'read(); // => 1')), 0);
  assert.equal(complaints(`${fenced('vue', '<template />')}<!-- check\n-->\n`), 0);
  assert.equal(complaints(fenced('sh', 'npm test -- --only node   # a part')), 0);
  assert.equal(complaints(fenced('sh', 'KEY=a npx danji-server --port 1')), 0);
});

/** A heading as the page's address has it. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsIn(file) {
  return [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
}

function withoutFences(text) {
  return text.replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, '').replace(/`[^`\n]*`/g, '');
}

function brokenLinks(file, text = textOf(file)) {
  const links = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links.filter((link) => {
    if (/^https?:\/\//.test(link)) return false;
    const [path, anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsIn(target).includes(anchor);
  });
}

test('every link between the documents leads somewhere', () => {
  const examples = ['shop', 'offline-notes'].map((name) => `examples/${name}/README.md`);
  for (const file of [...documents, ...examples]) {
    assert.deepEqual(brokenLinks(file), [], `links of ${file}`);
  }
});

test('a link that leads nowhere is noticed', () => {
  const wrong = '[a](nothing.md) [b](tabs.md#nothing)';
  const text = `${wrong} [c](tabs.md#frames) [d](https://danji.example)`;

  assert.deepEqual(brokenLinks('docs/react.md', text), ['nothing.md', 'tabs.md#nothing']);
});

test('documents have one title, a date, and at most 300 lines', () => {
  for (const file of documents.filter((name) => name.startsWith('docs/'))) {
    const text = withoutFences(textOf(file));
    const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
    assert.match(lines[0], /^# \S/, file);
    assert.match(lines[1], /^Verified against code \d{4}-\d{2}-\d{2}$/, file);
    assert.equal(text.match(/^# /gm)?.length, 1, `${file} has one title`);
    assert.ok(lines.length <= 300, `${file} has ${lines.length} lines`);
    const most = file.startsWith('docs/decisions/') ? 40 : 300;
    assert.ok(lines.length <= most, `${file} has ${lines.length} lines, ${most} are the most`);
  }
});

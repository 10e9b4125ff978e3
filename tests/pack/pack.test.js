// What `npm pack` makes is what users get: it holds what it should, and works in an empty Vite
// project, built and in dev mode, without a plug-in and without waiting for anything.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { build, createServer, preview } from 'vite';
import { chromiumArguments, chromiumPath } from '../../scripts/lib/chromium.mjs';
import { tsc } from '../../scripts/lib/typescript-build.mjs';
import { makeProject, packDanji, root } from './project.js';

// Every statement runs at once: a promise anywhere would leave the name unset.
const usage = `
const count = defineState({ key: 'cart.count', scope: StateScope.APARTMENT_SHARED, default: 0 });
const manager = createStateManager();
const unit = manager.createUnitStateStore('cart');
unit.setState(count, 2);
unit.setState(count, (before) => before + 3);
const told = manager.engine + ' counts ' + unit.getState(count);
`;
const names = 'createStateManager, defineState, StateScope';
const page = '<!doctype html><title>empty</title><script type="module" src="/main.js"></script>\n';
const main = `import { ${names} } from 'danji';\n${usage}\ndocument.title = told;\n`;

let packed;
let browser;

before(async () => {
  packed = packDanji();
  const executablePath = chromiumPath();
  browser = await chromium.launch({ executablePath, args: chromiumArguments });
});

after(async () => {
  await browser?.close();
  packed?.remove();
});

async function titleAt(url) {
  const tab = await browser.newPage();
  const errors = [];
  tab.on('pageerror', (error) => errors.push(error.message));
  await tab.goto(url);
  await tab.waitForFunction(() => document.title !== 'empty');
  const title = await tab.title();
  await tab.close();
  assert.deepEqual(errors, []);
  return title;
}

test('the tarball holds the packages and nothing else', () => {
  const strangers = packed.paths.filter((path) => !path.startsWith('dist/'));
  const sources = packed.paths.filter((path) => /\.map$|(?<!\.d)\.tsx?$|test/.test(path));

  assert.deepEqual(
    strangers.filter((path) => path !== 'CHANGELOG.md'),
    ['LICENSE', 'README.md', 'package.json'],
  );
  assert.deepEqual(sources, []);
});

test('the tarball holds every file that package.json promises', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const promised = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );

  const missing = promised.filter((path) => !packed.paths.includes(path.replace('./', '')));

  assert.deepEqual(missing, []);
});

for (const [entry, engine] of [['danji', 'wasm'], ['danji/js', 'js']]) {
  test(`Node imports ${entry} and uses it at once`, () => {
    const script = `import { ${names} } from '${entry}';\n${usage}\nconsole.log(told);\n`;
    const project = makeProject(packed, { 'use.js': `${script}await manager.close();\n` });

    const told = execFileSync(process.execPath, ['use.js'], { cwd: project, encoding: 'utf8' });

    assert.equal(told.trim(), `${engine} counts 5`);
  });
}

test('Node gives danji/slim the core from danji/danji.wasm', () => {
  const load = `
import { readFileSync } from 'node:fs';
import { loadCore, ${names} } from 'danji/slim';
loadCore(readFileSync(new URL(import.meta.resolve('danji/danji.wasm'))));
`;
  const script = `${load}${usage}\nconsole.log(told);\nawait manager.close();\n`;
  const project = makeProject(packed, { 'use.js': script });

  const told = execFileSync(process.execPath, ['use.js'], { cwd: project, encoding: 'utf8' });

  assert.equal(told.trim(), 'wasm counts 5');
});

test('a Vite build runs in the browser', async (t) => {
  const project = makeProject(packed, { 'index.html': page, 'main.js': main });
  await build({ root: project, configFile: false, logLevel: 'silent' });
  const server = await preview({ root: project, configFile: false, logLevel: 'silent' });
  t.after(() => server.close());

  const title = await titleAt(server.resolvedUrls.local[0]);

  assert.equal(title, 'wasm counts 5');
  assert.equal(readdirSync(join(project, 'dist', 'assets')).length, 1);
});

test('Vite in dev mode serves a page that runs', async (t) => {
  const project = makeProject(packed, { 'index.html': page, 'main.js': main });
  const server = await createServer({ root: project, configFile: false, logLevel: 'silent' });
  t.after(() => server.close());
  await server.listen();

  const title = await titleAt(server.resolvedUrls.local[0]);

  assert.equal(title, 'wasm counts 5');
});

test('a strict TypeScript project finds every type it needs', () => {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    lib: ['ES2023', 'DOM'],
    types: [],
  };
  const project = makeProject(packed, {
    'main.ts': `import { ${names} } from 'danji';\n${usage}\nexport const text: string = told;\n`,
    'slim.ts': "export * from 'danji/slim';\n",
    'js.ts': "export * from 'danji/js';\n",
    'storage.ts': "export * from 'danji/storage';\n",
    'presence.ts': "export * from 'danji/presence';\n",
    'node.ts': "export * from 'danji/node';\n",
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['*.ts'] }),
  });

  execFileSync(tsc, ['-p', project], { encoding: 'utf8' });
});

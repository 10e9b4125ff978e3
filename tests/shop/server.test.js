// The shop's static server: what it gives, and what it keeps to itself.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startServer } from '../../examples/shop/server.mjs';

let folder;
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-server-'));
  await mkdir(join(folder, 'root', 'plain'), { recursive: true });
  await mkdir(join(folder, 'root', 'empty'));
  await mkdir(join(folder, 'root-of-somebody-else'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'root-of-somebody-else', 'secret.txt'), 'secret');
  await writeFile(join(folder, 'root', 'index.html'), '<p>shop</p>');
  await writeFile(join(folder, 'root', 'header.js'), 'export {};');
  await writeFile(join(folder, 'root', 'plain', 'index.html'), '<p>plain</p>');
  await symlink(join(folder, 'secret.txt'), join(folder, 'root', 'link.txt'));
  server = await startServer({ root: join(folder, 'root') });
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Sends a request as it is, without the tidying of paths that fetch does. */
async function raw(path, method = 'GET') {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`);
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString();
  return { status: Number(text.split(' ')[1]), text };
}

test('a folder gives its page, a file its type, and both are revalidated', async () => {
  const page = await fetch(server.url);
  const script = await fetch(new URL('header.js?v=1', server.url));
  const again = await fetch(new URL('header.js', server.url), {
    headers: { 'if-none-match': script.headers.get('etag') },
  });

  assert.equal(await page.text(), '<p>shop</p>');
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.match(script.headers.get('content-type'), /^text\/javascript/);
  assert.equal(script.headers.get('cache-control'), 'no-cache');
  assert.equal(again.status, 304);
});

test('a folder without its slash is sent on, and one without a page is not listed', async () => {
  const plain = await fetch(new URL('plain', server.url));

  assert.equal(plain.url, `${server.url}plain/`);
  assert.equal(await plain.text(), '<p>plain</p>');
  assert.equal((await fetch(new URL('empty/', server.url))).status, 404);
});

test('no path leads out of the folder', async () => {
  const paths = [
    '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/plain/../../secret.txt',
    '/..%5csecret.txt', '/../root-of-somebody-else/secret.txt', '/link.txt', '//etc/passwd',
    '/header.js/', '/header.js%00.html',
  ];

  for (const path of paths) {
    const { status, text } = await raw(path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.doesNotMatch(text, /secret$/);
  }
});

test('a redirect stays on this server', async () => {
  const { status, text } = await raw('//plain');

  assert.equal(status, 301);
  assert.match(text, /^location: \/plain\/\r$/m);
});

test('it only reads', async () => {
  assert.equal((await raw('/', 'POST')).status, 405);
  assert.match((await raw('/', 'DELETE')).text, /^allow: GET, HEAD\r$/m);
  assert.doesNotMatch((await raw('/', 'HEAD')).text, /shop<\/p>/);
  assert.equal((await raw('/%zz')).status, 400);
});

test('a taken port is replaced by a free one', async () => {
  const { port } = new URL(server.url);

  const second = await startServer({ root: join(folder, 'root'), port: Number(port) });

  assert.notEqual(new URL(second.url).port, port);
  assert.equal((await fetch(second.url)).status, 200);
  await second.close();
});

test('a folder that does not exist is an error at once', async () => {
  await assert.rejects(startServer({ root: join(folder, 'nowhere') }), { code: 'ENOENT' });
});

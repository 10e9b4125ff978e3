// The test server: the built package, the test pages and the shop, on 127.0.0.1 and a free port.
//
// `?policy=name` on a page sends that Content-Security-Policy with it. The package is there three
// times over, at addresses that a browser takes for three packages.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFolder, distFolder } from '../../../scripts/lib/paths.mjs';

/** Builds with a mutation in them are put to the test by `DANJI_DIST=folder`. */
const dist = process.env.DANJI_DIST ?? distFolder;

const folders = {
  '/dist/': dist,
  '/copy-a/dist/': dist,
  '/copy-b/dist/': dist,
  '/pages/': fileURLToPath(new URL('../pages', import.meta.url)),
  '/shop/': join(buildFolder, 'shop'),
};

const policies = {
  strict: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  plain: "default-src 'none'; script-src 'self'; connect-src 'self'",
};

const contentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.wasm': 'application/wasm',
};

function fileFor(path) {
  const prefix = Object.keys(folders).find((candidate) => path.startsWith(candidate));
  if (prefix === undefined) return undefined;
  const rest = normalize(`/${decodeURIComponent(path.slice(prefix.length))}`);
  return join(folders[prefix], rest.endsWith('/') ? `${rest}index.html` : rest);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const file = fileFor(url.pathname);
  const policy = policies[url.searchParams.get('policy')];
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (body === undefined) {
    // No page asks for an icon on purpose, and a missing one would be an error in its console.
    response.writeHead(url.pathname === '/favicon.ico' ? 204 : 404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    // Never `no-store`: such a page may not rest in the back/forward cache.
    'cache-control': extname(file) === '.html' ? 'no-cache' : 'max-age=600',
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
  });
  response.end(body);
}

/** Starts a server; `close()` ends it. */
export async function startServer() {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.address().port,
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

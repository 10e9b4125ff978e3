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
  '/laws/': fileURLToPath(new URL('../../storage', import.meta.url)),
  '/chaos/': fileURLToPath(new URL('../../chaos', import.meta.url)),
  '/shop/': join(buildFolder, 'shop'),
};

const policies = {
  strict: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  plain: "default-src 'none'; script-src 'self'; connect-src 'self'",
  // A page like one in a sandboxed frame: its origin is opaque, so locks are denied to it.
  sandboxed: 'sandbox allow-scripts',
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

/**
 * Requests that are not answered before the test says so. A page that waits for one of them
 * synchronously does nothing else: no timer, no message, no lock; to the others it is silent.
 */
class Stalls {
  #waiting = new Map();
  #arrivals = new Map();

  arrived(id, response) {
    this.#waiting.set(id, response);
    this.#arrivals.get(id)?.();
  }

  /** Resolves once the page waits. */
  until(id) {
    if (this.#waiting.has(id)) return Promise.resolve();
    return new Promise((resolve) => this.#arrivals.set(id, resolve));
  }

  end(id) {
    this.#waiting.get(id)?.writeHead(204).end();
    this.#waiting.delete(id);
  }
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function answer(request, response, stalls, posts) {
  const url = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && posts[url.pathname] !== undefined) {
    return void response.end(String(posts[url.pathname](await bodyOf(request)) ?? ''));
  }
  if (url.pathname === '/stall') return void stalls.arrived(url.searchParams.get('id'), response);
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
    // For pages of an opaque origin, to which everything is foreign.
    'access-control-allow-origin': '*',
    // Never `no-store`: such a page may not rest in the back/forward cache.
    'cache-control': extname(file) === '.html' ? 'no-cache' : 'max-age=600',
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
  });
  response.end(body);
}

/** Starts a server; `close()` ends it. `posts`: by path, what is posted there and answered. */
export async function startServer(posts = {}) {
  const stalls = new Stalls();
  const server = createServer((request, response) => {
    answer(request, response, stalls, posts).catch(() => response.destroy());
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    stalls,
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

// A static file server on node:http: serves one folder to this machine, and with `sync` a sync
// server on the same port.
//
// Only GET and HEAD, only files under `root`, always revalidated (`no-cache` and an ETag), so that
// a rebuilt page is never stale. When the wanted port is taken, the system picks a free one.

import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

const contentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** The decoded path of a request, or null when it makes no sense as one. */
function requestedPath(url) {
  try {
    const path = decodeURIComponent((url ?? '/').split(/[?#]/, 1)[0]);
    return path.startsWith('/') && !path.includes('\0') ? path : null;
  } catch {
    return null; // a broken percent sign
  }
}

/** The real file behind a path, or null: missing, a folder without a page, or outside `root`. */
async function findFile(root, path) {
  try {
    // Dots and links alike may lead out of the folder, so look at where the file really is.
    const file = await realpath(join(root, path.endsWith('/') ? `${path}index.html` : path));
    if (!file.startsWith(root + sep)) return null;
    const about = await stat(file);
    if (about.isFile()) return { file, about };
    return about.isDirectory() ? { folder: true } : null;
  } catch {
    return null;
  }
}

function answer(response, status, text, headers = {}) {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    'content-type': contentTypes['.txt'],
    'content-length': body.length,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** The page learns from a mark that this server also syncs; other file servers leave it alone. */
async function markedPage(file) {
  const page = await readFile(file, 'utf8');
  return Buffer.from(page.replace('<html ', '<html data-server '));
}

async function serve({ root, sync }, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answer(response, 405, 'This server only reads.', { allow: 'GET, HEAD' });
  }
  const path = requestedPath(request.url);
  if (path === null) return answer(response, 400, 'That is not a path.');
  const found = await findFile(root, path);
  if (found === null) return answer(response, 404, 'There is nothing here.');
  if (found.folder) {
    const location = `${encodeURI(path.replace(/^\/+/, '/'))}/`;
    return answer(response, 301, 'A folder ends in a slash.', { location });
  }
  const { file, about } = found;
  const mark = sync === undefined ? '' : '-server';
  const etag = `"${about.size.toString(16)}-${Math.floor(about.mtimeMs).toString(16)}${mark}"`;
  const headers = {
    'content-type': contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    return response.end();
  }
  if (sync !== undefined && extname(file) === '.html') {
    const page = await markedPage(file);
    response.writeHead(200, { ...headers, 'content-length': page.length });
    return response.end(request.method === 'HEAD' ? undefined : page);
  }
  response.writeHead(200, { ...headers, 'content-length': about.size });
  if (request.method === 'HEAD') return response.end();
  pipeline(createReadStream(file), response, () => {}); // the reader left: nothing to tell
}

function listen(server, port, host) {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.removeListener('error', fail);
      done();
    });
  });
}

/**
 * Serves `root` until `close()` is called. `port` is a wish: if it is taken, a free one is used.
 * Pages such as the shop need a secure context for Web Locks, which 127.0.0.1 is. `sync` is what
 * `createSyncServer` of danji-server gives; it ends with this server.
 */
export async function startServer({ root, port = 0, host = '127.0.0.1', sync }) {
  const folder = await realpath(root);
  const server = createServer((request, response) => {
    if (sync?.handleRequest(request, response)) return;
    serve({ root: folder, sync }, request, response).catch(() => {
      if (!response.headersSent) answer(response, 500, 'That went wrong.');
      else response.destroy();
    });
  });
  if (sync !== undefined) server.on('upgrade', sync.handleUpgrade);
  try {
    await listen(server, port, host);
  } catch (error) {
    if (port === 0 || (error.code !== 'EADDRINUSE' && error.code !== 'EACCES')) throw error;
    await listen(server, 0, host);
  }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.address().port}/`;
  const close = async () => {
    await sync?.close();
    await new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  };
  return { url, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('../../build/shop', import.meta.url));
  const { url } = await startServer({ root, port: 4173 });
  console.log(`The shop is open: ${url}`);
}

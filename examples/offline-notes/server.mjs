// Serves the page and Danji as they lie here, and is the sync server of the two devices at the
// same address: `createSyncServer` attaches to any server of Node. Nothing is kept: the notes are
// gone with the process.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSyncServer, memoryStore } from 'danji-server';

const pageFolder = fileURLToPath(new URL('.', import.meta.url));
// Where its entry lies, three folders up.
const danjiFolder = fileURLToPath(new URL('../../../', import.meta.resolve('danji')));

const contentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Where a path's file is: below /danji/ the package, else the page. */
function placeOf(url) {
  const { pathname } = new URL(url, 'http://here');
  const [, name] = /^\/danji\/(.*)$/.exec(pathname) ?? [];
  const folder = name === undefined ? pageFolder : danjiFolder;
  const wanted = name ?? (pathname === '/' ? 'index.html' : pathname.slice(1));
  const file = join(folder, wanted);
  return file.startsWith(folder) && contentTypes[extname(file)] ? file : null;
}

async function serveFile(request, response) {
  const file = placeOf(request.url);
  const content = file === null ? null : await readFile(file).catch(() => null);
  if (content === null) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('There is nothing here.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)],
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}

function listen(server, port) {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done(server.off('error', fail)));
  });
}

/** Serves until `close()`. `port` is a wish: when it is taken, a free one is used. */
export async function startNotes({ port = 0 } = {}) {
  const sync = createSyncServer({ store: memoryStore(), logger: false });
  const server = createServer((request, response) => {
    if (!sync.handleRequest(request, response)) serveFile(request, response);
  });
  server.on('upgrade', (...given) => sync.handleUpgrade(...given));
  await listen(server, port).catch(() => listen(server, 0));
  const close = async () => {
    await sync.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}

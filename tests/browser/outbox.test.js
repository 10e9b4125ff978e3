// Writes that wait for a server, in a real Chromium: they outlive reloads and closed tabs, and
// arrive once each.
import assert from 'node:assert/strict';
import { createServer, request as ask } from 'node:http';
import { after, before, test } from 'node:test';
import { atEnd, dataFolder, endAll, startProcess } from '../server/harness.js';
import { until } from './support/agreement.js';
import { startChromium, untilIn } from './support/chromium.js';
import { startServer } from './support/server.js';

let pages;
let browser;

before(async () => {
  [pages, browser] = await Promise.all([startServer(), startChromium()]);
});

after(async () => {
  await browser?.close();
  await pages?.close();
  await endAll();
});

async function openPage(namespace, server) {
  const page = await browser.context.newPage();
  await page.goto(`${pages.origin}/pages/lasting.html?namespace=${namespace}&server=${server.url}`);
  await untilIn(page, () => window.lasting !== undefined);
  return page;
}

/** Adds to the likes, and resolves when the device's disk has that. */
const like = (page, count) =>
  page.evaluate(async (delta) => {
    await window.lasting.read();
    await window.lasting.add('likes', delta, { wait: 'persisted' });
  }, count);
const likesOf = async (page) => (await page.evaluate(() => window.lasting.read())).likes;
const sizeOf = (page) => page.evaluate(() => window.lasting.manager.outbox.size());

test(
  'what waits when a tab is reloaded or closed is sent by the next, in order, once',
  { timeout: 120_000 },
  async () => {
    const data = dataFolder();
    let server = await startProcess(data);
    const page = await openPage('closing', server);
    await like(page, 1);
    await until('the server has it', async () => (await sizeOf(page)) === 0);
    await server.kill();
    await until('it is offline', () =>
      page.evaluate(() => window.lasting.manager.connection.status() === 'offline'),
    );

    await like(page, 10);
    await page.reload();
    await untilIn(page, () => window.lasting !== undefined);
    await like(page, 100);
    await page.close();
    const next = await openPage('closing', server);
    await like(next, 1000);
    assert.equal(await likesOf(next), 1111, 'all of it shows');
    const waiting = await next.evaluate(() => window.lasting.manager.outbox.list());
    assert.deepEqual(waiting.map(({ author, keys }) => [author, keys.join()]), [
      ['gone', 'likes'], ['gone', 'likes'], ['this-tab', 'likes'],
    ]);

    server = await startProcess(data, { port: server.port });
    await until('all of it has arrived', async () => (await sizeOf(next)) === 0);
    const elsewhere = await openPage('elsewhere', server);
    await until('another browser sees each once', async () => (await likesOf(elsewhere)) === 1111);
    assert.equal(await likesOf(next), 1111);
    await next.reload();
    await untilIn(next, () => window.lasting !== undefined);
    assert.equal(await likesOf(next), 1111);
    await until('nothing waits', async () => (await sizeOf(next)) === 0);
    assert.equal(await likesOf(elsewhere), 1111);
    for (const each of [next, elsewhere]) await each.close();
  },
);

/** A way to the server on which every WebSocket is answered with 503, and `counts` what comes. */
async function openRequestsOnly(server) {
  const counts = { sockets: 0, requests: 0 };
  const front = createServer((incoming, response) => {
    counts.requests++;
    const { method, url, headers } = incoming;
    const way = { port: server.port, host: '127.0.0.1', path: url, method, headers };
    const onward = ask(way, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  front.on('upgrade', (_, socket) => {
    counts.sockets++;
    socket.on('error', () => {});
    socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    front.close();
    front.closeAllConnections();
  });
  return { url: `ws://127.0.0.1:${front.address().port}`, counts };
}

test(
  'where the network lets no WebSocket through, requests carry the same, once',
  { timeout: 120_000 },
  async () => {
    const server = await startProcess(dataFolder());
    const narrow = await openRequestsOnly(server);
    const page = await openPage('narrow', narrow);
    const elsewhere = await openPage('wide', server);
    await like(page, 1);
    await until('another browser sees it', async () => (await likesOf(elsewhere)) === 1);
    await like(elsewhere, 10);
    await until('and is seen', async () => (await likesOf(page)) === 11);
    await until('the server has all', async () => (await sizeOf(page)) === 0);

    const { status, latency } = await page.evaluate(() => {
      const { connection } = window.lasting.manager;
      return { status: connection.status(), latency: connection.latencyMillis };
    });
    assert.equal(status, 'online');
    assert.ok(latency >= 0 && latency !== null);
    assert.ok(narrow.counts.sockets >= 1 && narrow.counts.requests > 1);
    for (const each of [page, elsewhere]) await each.close();
  },
);

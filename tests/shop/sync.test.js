// The shop with its server, in two browsers: what a reader puts into the cart in one of them is in
// the other, also when the network was gone meanwhile or the server had to be started again.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSyncServer } from 'danji-server';
import { chromium } from 'playwright-core';
import { buildShop } from '../../examples/shop/build.mjs';
import { startServer } from '../../examples/shop/server.mjs';

let root;
let data;
let server;
let browser;

function openServer(port) {
  const sync = createSyncServer({ store: data, logger: false });
  return startServer({ root, port, sync });
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'shop-'));
  data = await mkdtemp(join(tmpdir(), 'shop-data-'));
  await buildShop({ outDir: root });
  server = await openServer(0);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
  await rm(root, { recursive: true, force: true });
  await rm(data, { recursive: true, force: true });
});

/** The shop in a browser of its own: nothing is shared with another but through the server. */
async function openBrowser(t, url = server.url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  t.after(() => context.close());
  return openTab(context, url);
}

async function openTab(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId('add-hongro-apples').waitFor();
  await reads(page, 'panel-server', 'Server online');
  return page;
}

/** The shop and its server in a process of their own. */
async function startProcess(t, folder, port = 0) {
  const program = fileURLToPath(new URL('serve.js', import.meta.url));
  const child = fork(program, [JSON.stringify({ root, data: folder, port })]);
  t.after(() => child.kill('SIGKILL'));
  const [{ url }] = await once(child, 'message');
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url, port: Number(new URL(url).port), kill };
}

async function crash(page) {
  const crashed = new Promise((resolve) => page.once('crash', resolve));
  const session = await page.context().newCDPSession(page);
  session.send('Page.crash').catch(() => {}); // Who would answer is gone.
  await crashed;
  await page.close();
}

async function reads(page, testid, text) {
  await page.getByTestId(testid).getByText(text, { exact: true }).waitFor({ timeout: 30_000 });
}

test('two browsers have one cart, and each its own theme', async (t) => {
  const [laptop, phone] = [await openBrowser(t), await openBrowser(t)];

  await laptop.getByTestId('add-hongro-apples').click();
  await reads(phone, 'badge', '1');
  await phone.getByTestId('add-hongro-apples').click();
  await reads(laptop, 'badge', '2');

  await laptop.getByTestId('theme-toggle').click();
  const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);
  assert.notEqual(await theme(laptop), await theme(phone));
  await laptop.getByTestId('cart-clear').click();
  await reads(phone, 'badge', '0');
});

test('what is put into the cart without a network is in the other browser later', async (t) => {
  const [laptop, phone] = [await openBrowser(t), await openBrowser(t)];
  await laptop.getByTestId('panel-toggle').click();
  await laptop.getByTestId('panel-network').click();
  await reads(laptop, 'panel-server', 'Server offline');

  await laptop.getByTestId('add-hongro-apples').click();
  await reads(laptop, 'badge', '1');
  await reads(laptop, 'panel-waiting', '1');
  const waiting = laptop.getByTestId('panel-outbox-row');
  assert.match(await waiting.textContent(), /^cart.*server, not sent: disconnect\(\) was called/);
  assert.equal(await laptop.getByTestId('panel-latency').textContent(), '–');
  await reads(phone, 'badge', '0');

  await laptop.getByTestId('panel-network').click();
  await reads(phone, 'badge', '1');
  await reads(laptop, 'panel-waiting', '0');
  await laptop.getByTestId('panel-latency').getByText(/^\d+ ms$/).waitFor();
});

test('what was put into the cart without a network can be taken back in the panel', async (t) => {
  const [laptop, phone] = [await openBrowser(t), await openBrowser(t)];
  await laptop.getByTestId('panel-toggle').click();
  await laptop.getByTestId('panel-network').click();
  await laptop.getByTestId('add-hongro-apples').click();
  await reads(laptop, 'badge', '2');

  await laptop.getByTestId('panel-discard').click();
  await reads(laptop, 'badge', '1');
  await reads(laptop, 'panel-waiting', '0');
  await laptop.getByTestId('panel-network').click();

  await reads(laptop, 'panel-server', 'Server online');
  await reads(phone, 'badge', '1');
  await reads(laptop, 'badge', '1');
});

test('a server that is ended and started again has lost nothing', async (t) => {
  const laptop = await openBrowser(t);
  await reads(laptop, 'badge', '1');
  const { port } = new URL(server.url);
  await server.close();
  await reads(laptop, 'panel-server', 'Server offline');
  await laptop.getByTestId('add-hongro-apples').click();
  await reads(laptop, 'badge', '2');

  server = await openServer(Number(port));

  await reads(laptop, 'panel-server', 'Server online');
  const phone = await openBrowser(t);
  await reads(phone, 'badge', '2');
});

test('what two tabs wrote while the server was dead arrives, though their leader died, too', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shop-killed-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const killed = await startProcess(t, folder);
  const leader = await openBrowser(t, killed.url);
  const follower = await openTab(leader.context(), killed.url);
  const phone = await openBrowser(t, killed.url);
  await reads(leader, 'panel-role', 'Leader');
  await reads(follower, 'panel-role', 'Follower');
  await phone.getByTestId('add-hongro-apples').click();
  for (const page of [leader, follower]) await reads(page, 'badge', '1');

  await killed.kill();
  for (const page of [leader, follower, phone]) {
    await reads(page, 'panel-server', 'Server offline');
    await reads(page, 'badge', '1');
  }
  await leader.getByTestId('add-hongro-apples').click();
  await reads(follower, 'badge', '2');
  await follower.getByTestId('add-hongro-apples').click();
  await reads(leader, 'badge', '3');
  await reads(follower, 'badge', '3');
  await crash(leader);
  await reads(follower, 'panel-role', 'Leader');
  await reads(follower, 'badge', '3');
  await reads(phone, 'badge', '1');

  await startProcess(t, folder, killed.port);

  for (const page of [follower, phone]) {
    await reads(page, 'panel-server', 'Server online');
    await reads(page, 'badge', '3');
  }
  await follower.getByTestId('panel-toggle').click();
  await reads(follower, 'panel-waiting', '0');
});

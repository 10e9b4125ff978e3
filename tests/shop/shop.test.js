// The shop in Chromium: four units of three frameworks on one page, and the same page in a second
// tab. Everything is done as a reader does it, by clicking or by keyboard alone.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildShop } from '../../examples/shop/build.mjs';
import { startServer } from '../../examples/shop/server.mjs';

const axeFile = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
let root;
let server;
let browser;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'shop-'));
  await buildShop({ outDir: root });
  await buildShop({ engine: 'js', outDir: join(root, 'plain') });
  server = await startServer({ root });
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
});

/** A browser profile of its own; `tab()` opens the shop in it and waits until it is filled. */
async function openProfile(t, { path = '', width = 1280, height = 800, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const complaints = [];
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  const tab = async () => {
    const page = await context.newPage();
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.url + path);
    await page.getByTestId('add-hongro-apples').waitFor();
    await page.getByTestId('panel-role').getByText(/Leader|Follower/).waitFor();
    return page;
  };
  return { context, tab };
}

/** Waits until an element reads so: the other tab's news takes a moment. */
async function reads(page, testid, text) {
  await page.getByTestId(testid).getByText(text, { exact: true }).waitFor({ timeout: 5000 });
}

const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);

/** Presses Tab until the focus is there. */
async function tabTo(page, testid, key = 'Tab') {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => document.activeElement?.dataset.testid);
    if (focused === testid) return;
  }
  assert.fail(`Tab never reached ${testid}`);
}

test('what Vue puts into the cart, Svelte lists and React counts', async (t) => {
  const { tab } = await openProfile(t);
  const page = await tab();

  await page.getByTestId('add-hongro-apples').click();
  await page.getByTestId('add-hongro-apples').click();
  await page.getByTestId('add-gochujang').click();

  await reads(page, 'badge', '3');
  await reads(page, 'total', '€16.09');
  await reads(page, 'cart-total', '€16.09');
  await reads(page, 'quantity-hongro-apples', '2');
  await reads(page, 'in-cart-hongro-apples', '2 in cart');
  await page.getByTestId('toast').waitFor();

  await page.getByTestId('dec-hongro-apples').click();
  await page.getByTestId('remove-gochujang').click();

  await reads(page, 'badge', '1');
  await reads(page, 'in-cart-hongro-apples', '1 in cart');
  assert.equal(await page.getByTestId('in-cart-gochujang').count(), 0);
});

test('theme, cart and search follow into a second tab, private state does not', async (t) => {
  const { tab } = await openProfile(t);
  const first = await tab();
  await first.getByTestId('add-hongro-apples').click();
  await first.getByTestId('cart-note').fill('ring twice');
  await first.getByTestId('open-gochujang').click();

  const second = await tab();
  await reads(second, 'badge', '1');
  await second.getByTestId('theme-toggle').click();
  await second.getByTestId('add-gujwa-carrots').click();
  await second.getByTestId('search').fill('tea');
  await second.getByTestId('category-tea').click();

  await reads(first, 'badge', '2');
  await reads(first, 'total', '€8.05');
  await first.getByTestId('cart-line-gujwa-carrots').waitFor();
  await first.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await first.waitForFunction(
    () => document.querySelector('[data-testid=search]').value === 'tea',
  );
  assert.equal(await first.getByTestId('category-tea').getAttribute('aria-pressed'), 'true');
  assert.equal(
    await first.getByTestId('result-count').textContent(),
    await second.getByTestId('result-count').textContent(),
  );
  assert.equal(await second.getByTestId('cart-note').inputValue(), '');
  assert.equal(await second.getByTestId('recent').count(), 0);
});

test('a third tab starts with what the others have', async (t) => {
  const { tab } = await openProfile(t);
  const first = await tab();
  await first.getByTestId('theme-toggle').click();
  await first.getByTestId('add-hongro-apples').click();
  const second = await tab();
  await reads(second, 'badge', '1');
  await first.close();
  await second.getByTestId('panel-role').getByText('Leader').waitFor();

  const third = await tab();

  await reads(third, 'badge', '1');
  assert.equal(await theme(third), 'dark');
});

test('all products can be shown, searched and ordered', async (t) => {
  const { tab } = await openProfile(t);
  const page = await tab();
  const cards = page.locator('#catalogue article');
  assert.match(await page.getByTestId('result-count').textContent(), /^320 products\b/);

  while (await page.getByTestId('show-more').count()) await page.getByTestId('show-more').click();
  assert.equal(await cards.count(), 320);

  await page.getByTestId('search').fill('SAUTÉ');
  assert.equal(await cards.count(), 1);
  await page.getByTestId('search').fill('no such thing');
  await page.getByTestId('reset-filter').click();
  await page.getByTestId('sort').selectOption('price-up');
  const prices = await page.locator('.card-price').allTextContents();
  const cents = prices.map((text) => Number(text.replace('€', '')));
  assert.deepEqual(cents, [...cents].sort((a, b) => a - b));
});

test('the cart can be filled and emptied by keyboard alone', async (t) => {
  const { tab } = await openProfile(t);
  const page = await tab();

  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // skip to the shelves
  await tabTo(page, 'search');
  await page.keyboard.type('gochujang');
  await tabTo(page, 'add-gochujang');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  await tabTo(page, 'inc-gochujang');
  await page.keyboard.press('Enter');
  await reads(page, 'badge', '3');
  await tabTo(page, 'remove-gochujang');
  await page.keyboard.press('Enter');

  await page.getByTestId('cart-empty').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), 'cart-empty');
  await tabTo(page, 'theme-toggle', 'Shift+Tab');
  await page.keyboard.press('Space');
  assert.equal(await theme(page), 'dark');
});

test('on a phone the cart is a sheet that Escape closes', async (t) => {
  const { tab } = await openProfile(t, { width: 390, height: 844 });
  const page = await tab();
  await page.getByTestId('add-hongro-apples').click();

  await page.getByTestId('open-cart').click();
  await page.getByTestId('inc-hongro-apples').click();
  await reads(page, 'quantity-hongro-apples', '2');
  await page.keyboard.press('Escape');

  await page.getByTestId('cart-line-hongro-apples').waitFor({ state: 'hidden' });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, 390);
});

test('the panel tells tabs, leader, versions and the last 20 changes', async (t) => {
  const { tab } = await openProfile(t);
  const leader = await tab();
  const follower = await tab();
  const leaderId = await leader.evaluate(() => window.danji.tabs.id);
  await reads(follower, 'panel-role', 'Follower');
  await reads(follower, 'panel-tabs', '2 tabs');
  await follower.getByTestId('panel-toggle').click();
  assert.equal(await follower.getByTestId('panel-leader').getAttribute('title'), leaderId);

  for (let round = 0; round < 25; round++) await follower.getByTestId('add-hongro-apples').click();

  const rows = follower.getByTestId('panel-change');
  await rows.first().getByText('{"items":{"hongro-apples":25}}').waitFor();
  await rows.getByText('pending').first().waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 20);
  const { index } = await follower.evaluate(
    () => window.danji.createSnapshot().entries.find(({ key }) => key === 'cart').version,
  );
  assert.match(await rows.first().textContent(), new RegExp(`cartcataloguev${index}`));
  const spaces = await follower.getByTestId('panel-spaces').textContent();
  assert.match(spaces, new RegExp(`apartment:marketv${index}`));
  assert.equal(await follower.getByTestId('panel-refused').textContent(), '0');
});

test('under a policy without WebAssembly the plain build works', async (t) => {
  const { tab } = await openProfile(t, { path: 'plain/' });
  const page = await tab();
  const html = await readFile(join(root, 'plain', 'index.html'), 'utf8');

  await page.getByTestId('add-hongro-apples').click();

  await reads(page, 'badge', '1');
  assert.match(html, /script-src 'self';/);
  assert.equal(await page.evaluate(() => window.danji.engine), 'js');
});

for (const width of [390, 1280]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing at ${width} pixels in the ${colorScheme} theme`, async (t) => {
      const look = { width, height: 844, colorScheme, bypassCSP: true, reducedMotion: 'reduce' };
      const { tab } = await openProfile(t, look);
      const page = await tab();
      await page.addScriptTag({ path: axeFile });
      const problems = () =>
        page.evaluate(async () => {
          const { violations } = await globalThis.axe.run(document);
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
        });

      assert.deepEqual(await problems(), []);
      await page.getByTestId('add-hongro-apples').click();
      await page.getByTestId('open-gochujang').click();
      await page.getByTestId('panel-toggle').click();
      assert.deepEqual(await problems(), []);
      await page.getByTestId('open-cart').click();
      assert.deepEqual(await problems(), []);
      await page.keyboard.press('Escape');
      await page.getByTestId('about-toggle').click();
      assert.deepEqual(await problems(), []);
    });
  }
}

// State that outlives its page, in a real Chromium with its own IndexedDB.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from './support/agreement.js';
import { makeProfile, startChromium, untilIn } from './support/chromium.js';
import { startServer } from './support/server.js';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), startChromium()]);
});

after(async () => {
  await browser?.close();
  await server?.close();
});

async function openPage(namespace, { context } = browser) {
  const page = await context.newPage();
  await page.goto(`${server.origin}/pages/lasting.html?namespace=${namespace}`);
  await untilIn(page, () => window.lasting !== undefined);
  return page;
}

const read = (page) => page.evaluate(() => window.lasting.read());
const set = (page, ...parts) => page.evaluate((all) => window.lasting.set(...all), parts);

async function errorsOf(page) {
  return page.evaluate(() => window.lasting.errors);
}

test('a page that is loaded again begins with what lasts, private and shared', async () => {
  const page = await openPage('reload');
  const persisted = { wait: 'persisted' };
  assert.equal(await set(page, 'cart', { tea: 2 }, persisted), 'persisted');
  assert.equal(await set(page, 'draft', 'two teas', persisted), 'persisted');
  await page.evaluate(() => window.lasting.add('likes', 3, { wait: 'acked' }));
  await set(page, 'theme', 'dark');
  assert.equal(await page.evaluate(() => window.lasting.manager.storage.status()), 'on');

  await page.reload();
  await untilIn(page, () => window.lasting !== undefined);

  const { cart, likes, draft, theme } = await read(page);
  assert.deepEqual([cart, likes, draft, theme], [{ tea: 2 }, 3, 'two teas', 'light']);
  assert.deepEqual(await errorsOf(page), []);
  await page.close();
});

test('what lasts for the session is there after a reload, and gone with the tab', async () => {
  const page = await openPage('session');
  await set(page, 'step', 3);
  await set(page, 'choice', 'tea');
  await page.reload();
  await untilIn(page, () => window.lasting !== undefined);
  const reloaded = await read(page);
  assert.deepEqual([reloaded.step, reloaded.choice], [3, 'tea']);

  const other = await openPage('session');
  const beside = await read(other);
  assert.deepEqual([beside.step, beside.choice], [0, 'tea'], 'a tab of its own, that shares');
  await set(other, 'choice', 'rice');
  await page.reload();
  await untilIn(page, () => window.lasting !== undefined);
  const later = await read(page);
  assert.deepEqual([later.step, later.choice], [3, 'rice'], 'who lives knows better');
  assert.deepEqual(await errorsOf(page), []);
  await page.close();
  await other.close();

  const next = await openPage('session');
  const fresh = await read(next);
  assert.deepEqual([fresh.step, fresh.choice], [0, null]);
  await next.close();
});

test('a strict write is on the disk of a real browser', async () => {
  const page = await openPage('strict');
  const strict = { wait: 'persisted', durability: 'strict' };
  assert.equal(await set(page, 'draft', 'tea', strict), 'persisted');
  assert.equal(await set(page, 'cart', { tea: 1 }, strict), 'persisted');
  assert.deepEqual(await errorsOf(page), []);
  await page.close();
});

test('what the last tab wrote is there for the next, whichever of two tabs led', { timeout: 60_000 }, async () => {
  const tabs = [await openPage('tabs'), await openPage('tabs')];
  for (const [place, tab] of tabs.entries()) {
    await set(tab, 'cart', { tea: place + 1 }, { wait: 'persisted' });
    await tab.evaluate(() => window.lasting.add('likes', 5, { wait: 'acked' }));
  }
  await until('both have both', async () => {
    const values = await Promise.all(tabs.map(read));
    return values.every(({ likes, cart }) => likes === 10 && cart.tea === 2);
  });

  await tabs[0].close();
  await set(tabs[1], 'cart', { tea: 7 }, { wait: 'persisted' });
  await tabs[1].close();
  const next = await openPage('tabs');

  const { cart, likes } = await read(next);
  assert.deepEqual([cart, likes], [{ tea: 7 }, 10]);
  assert.deepEqual(await errorsOf(next), []);
  await next.close();
});

test('another namespace is another database', async () => {
  const [one, other] = [await openPage('one'), await openPage('other')];
  await set(one, 'cart', { tea: 1 }, { wait: 'persisted' });
  await set(other, 'cart', { rice: 1 }, { wait: 'persisted' });

  const names = await one.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

  assert.ok(names.includes('danji.1.one/') && names.includes('danji.1.other/'), String(names));
  for (const page of [one, other]) await page.close();
});

test('a page without lasting keys in use opens no database', async () => {
  const page = await openPage('untouched');
  await set(page, 'theme', 'dark');
  await page.evaluate(() => window.lasting.manager.ready);

  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

  assert.ok(!names.includes('danji.1.untouched/'), String(names));
  await page.close();
});

test('what a promise said is on the disk is there after the browser was killed', { timeout: 90_000 }, async () => {
  const profile = makeProfile();
  const started = [];
  const start = async () => {
    started.push(await startChromium({ profile: profile.folder }));
    return started.at(-1);
  };
  try {
    const first = await start();
    const page = await openPage('killed', first);
    let done = 0;
    page.on('console', (message) => {
      done = Number(/^done (\d+)$/.exec(message.text())?.[1] ?? done);
    });
    await page.evaluate(() => void window.lasting.like());
    await until('it wrote some', () => done >= 5);
    await first.kill();

    const later = await openPage('killed', await start());
    const { cart, likes, draft } = await read(later);

    assert.ok(cart.likes >= done, `${cart.likes} of ${done}`);
    assert.ok(likes >= cart.likes && likes <= cart.likes + 1, `${likes} likes, ${cart.likes} told`);
    assert.ok(Number(draft.slice(5)) >= cart.likes, draft);
    assert.deepEqual(await errorsOf(later), []);
  } finally {
    for (const each of started) await each.close();
    await profile.remove();
  }
});

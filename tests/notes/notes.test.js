// The offline notes in Chromium: phone and laptop are parted, both write, and meet again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startNotes } from '../../examples/offline-notes/server.mjs';

const axeFile = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
const ids = ['phone', 'laptop'];
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
});

after(() => browser?.close());

/** The page with a server of its own; what it complains about fails the test. */
async function openNotes(t, { width = 1280, height = 900, ...options } = {}) {
  const server = await startNotes();
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const complaints = [];
  t.after(async () => {
    await context.close();
    await server.close();
    assert.deepEqual(complaints, []);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.url);
  await page.getByText('Both devices are connected').waitFor();
  return page;
}

const place = (page, card, device) => page.locator(`#${card} [data-device=${device}]`);
const button = (page, card, device, name) =>
  place(page, card, device).getByRole('button', { name });

/** Types as a reader does, and leaves the field. */
async function write(page, { card, device, label, text }) {
  const field = place(page, card, device).getByLabel(label);
  await field.fill(text);
  await field.blur();
}

async function part(page) {
  await page.getByRole('switch', { name: 'Network' }).uncheck({ force: true });
  await page.getByText('Each device is on its own').waitFor();
}

async function join(page) {
  await page.getByRole('switch', { name: 'Network' }).check({ force: true });
  await page.getByText('Both devices are connected').waitFor();
}

/** Waits until what `read` finds in a card on a device is `wanted`. */
async function reads(page, { card, device, wanted }) {
  const found = () => page.evaluate(([name, id]) => {
    const here = document.querySelector(`#${name} [data-device=${id}]`);
    const texts = [...here.querySelectorAll('input, textarea')].map(({ value }) => value);
    const shown = [...here.querySelectorAll('.sitter, .count, li')].map((e) => e.textContent);
    return [...shown, ...texts];
  }, [card, device]);
  for (let tries = 0; tries < 400; tries++) {
    if (JSON.stringify(await found()) === JSON.stringify(wanted)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.deepEqual(await found(), wanted, `${card} on the ${device}`);
}

async function bothRead(page, card, wanted) {
  for (const device of ids) await reads(page, { card, device, wanted });
}

const line = (page, card, device, text) =>
  place(page, card, device).locator('.status').getByText(text, { exact: true }).waitFor();

async function writeApart(page) {
  await write(page, { card: 'title', device: 'phone', label: 'Title', text: 'Trip to Ulleung' });
  await write(page, { card: 'title', device: 'laptop', label: 'Title', text: 'Trip to Dokdo' });
  for (const device of ids) await button(page, 'seat', device, 'Sit down').click();
  await write(page, { card: 'host', device: 'phone', label: 'Name', text: 'Mr Ko' });
  await write(page, { card: 'host', device: 'laptop', label: 'Phone', text: '064 1' });
  for (const device of ['phone', 'laptop', 'laptop']) {
    await button(page, 'likes', device, 'Like').click();
  }
  await write(page, { card: 'plan', device: 'phone', label: 'Plan', text: 'Swim first.' });
  await write(page, { card: 'plan', device: 'laptop', label: 'Plan', text: 'Sleep first.' });
  for (const [device, tag] of [['phone', 'ferry'], ['laptop', 'sea']]) {
    await place(page, 'tags', device).getByLabel('New tag').fill(tag);
    await button(page, 'tags', device, 'Add').click();
  }
}

test('apart each device goes on with its own, and joined all cards agree', async (t) => {
  const page = await openNotes(t);
  await part(page);

  await writeApart(page);

  await reads(page, { card: 'title', device: 'phone', wanted: ['Trip to Ulleung'] });
  await reads(page, { card: 'title', device: 'laptop', wanted: ['Trip to Dokdo'] });
  await reads(page, { card: 'seat', device: 'phone', wanted: ['Phone'] });
  await reads(page, { card: 'seat', device: 'laptop', wanted: ['Laptop'] });
  await reads(page, { card: 'likes', device: 'laptop', wanted: ['2'] });
  await reads(page, { card: 'tags', device: 'phone', wanted: ['ferry', 'island', ''] });
  for (const device of ids) await line(page, 'plan', device, 'Waits for the network');

  await join(page);

  await bothRead(page, 'title', ['Trip to Dokdo']);
  await line(page, 'title', 'phone', 'Laptop wrote over “Trip to Ulleung”');
  await bothRead(page, 'host', ['Mr Ko', '064 1', '12 Olle-gil']);
  await bothRead(page, 'likes', ['3']);
  await bothRead(page, 'tags', ['ferry', 'island', 'sea', '']);
  const sitters = await page.locator('.sitter').allTextContents();
  assert.ok(sitters[0] === sitters[1] && ['Phone', 'Laptop'].includes(sitters[0]), sitters.join());
  const second = sitters[0] === 'Phone' ? 'laptop' : 'phone';
  await line(page, 'seat', second, `Not saved: ${sitters[0]} was first.`);
});

test('of two texts that met a person chooses one, and the answer reaches both', async (t) => {
  const page = await openNotes(t);
  await part(page);
  await writeApart(page);
  await join(page);
  const dialog = page.getByRole('dialog', { name: 'Two texts met' });
  await dialog.waitFor();

  await dialog.getByLabel('Laptop wrote').check();
  await dialog.getByRole('button', { name: 'Let it stand' }).click();

  await bothRead(page, 'plan', ['Sleep first.']);
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.getByRole('button', { name: /Choose between/ }).count(), 0);
});

test('a question that was put off waits on both devices, also for all of it', async (t) => {
  const page = await openNotes(t);
  await part(page);
  await writeApart(page);
  await join(page);
  const dialog = page.getByRole('dialog', { name: 'Two texts met' });
  await dialog.waitFor();

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await button(page, 'plan', 'laptop', 'Choose between 2 texts').click();
  await dialog.getByText('Asked on the laptop').waitFor();
  await dialog.getByLabel('Keep all of it').check();
  await dialog.getByRole('button', { name: 'Let it stand' }).click();

  await dialog.waitFor({ state: 'hidden' });
  const plans = page.locator('#plan textarea');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('#plan textarea')].every(({ value }) => value.includes('\n')));
  const [one, other] = [await plans.first().inputValue(), await plans.last().inputValue()];
  assert.deepEqual(one.split('\n').sort(), ['Sleep first.', 'Swim first.']);
  assert.equal(one, other);
});

test('connected, a likes taken back below none is refused, and nothing else is', async (t) => {
  const page = await openNotes(t);
  await button(page, 'likes', 'phone', 'Like').click();
  await bothRead(page, 'likes', ['1']);
  await part(page);
  for (const device of ids) await button(page, 'likes', device, 'Take one back').click();

  await join(page);

  await bothRead(page, 'likes', ['0']);
  await page.locator('#likes').getByText('Not saved: there are no likes to take back.').waitFor();
});

for (const [what, options] of [
  ['a phone', { width: 390, height: 844 }],
  ['a laptop in the dark', { width: 1280, colorScheme: 'dark' }],
]) {
  test(`on ${what} everything fits, and an audit finds nothing`, async (t) => {
    const page = await openNotes(t, options);
    await part(page);
    await writeApart(page);
    await join(page);
    await page.getByRole('dialog').waitFor();
    await page.addScriptTag({ path: axeFile });

    for (const looks of ['with the question', 'without it']) {
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.map(({ id }) => id), [], looks);
      await page.keyboard.press('Escape');
    }

    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, options.width);
  });
}

// npm run pictures: builds the examples and takes the pictures of them that documents show.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumArguments, chromiumPath } from './lib/chromium.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { buildShop } from './lib/shop-build.mjs';
import { script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const example = (...path) => import(pathToFileURL(join(root, 'examples', ...path)));

async function takeIn(page, name) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
  // What was just done is told for a moment, and that moves.
  await page.waitForTimeout(6000);
  await page.screenshot({ path: join(root, 'docs', `${name}.png`) });
}

async function fillCart(page) {
  const click = (id) => page.getByTestId(id).click();
  await page.getByTestId('panel-role').getByText('Leader').waitFor();
  for (const id of ['add-hongro-apples', 'add-hongro-apples', 'add-gochujang']) await click(id);
  await click('add-carbon-steel-pan');
}

async function showSeams(page) {
  await page.getByTestId('panel-toggle').click();
  await page.getByTestId('panel-seams').click();
  await page.getByTestId('panel-toggle').click();
  await page.getByTestId('search').fill('tea');
}

/** Both write while they are apart. */
async function writeApart(page) {
  await page.getByText('Both devices are connected').waitFor();
  await page.locator('.switch').click();
  for (const [device, title] of [['phone', 'Trip to Ulleung'], ['laptop', 'Trip to Dokdo']]) {
    await page.locator(`#title [data-device=${device}] input`).fill(title);
    await page.locator(`#seat [data-device=${device}] .take`).click();
    await page.locator(`#likes [data-device=${device}] .more`).click();
  }
  await page.locator('#host [data-device=phone] input').first().fill('Mr Ko');
}

async function takeAll(browser, shop, notes) {
  const open = async (url, width, height) => {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  const market = await open(shop.url, 1280, 800);
  await fillCart(market);
  await takeIn(market, 'shop-1280');
  await showSeams(market);
  await takeIn(market, 'shop-seams');
  const small = await open(shop.url, 390, 844);
  await fillCart(small);
  await takeIn(small, 'shop-390');
  const apart = await open(notes.url, 1280, 1000);
  await writeApart(apart);
  await takeIn(apart, 'notes-1280');
}

await script(async () => {
  await provideTools(['chromium'], 'npm run pictures');
  await buildPackage('npm run pictures');
  const folder = await buildShop();
  const { startServer } = await example('shop', 'server.mjs');
  const { startNotes } = await example('offline-notes', 'server.mjs');
  const { chromium } = await import('playwright-core');
  const servers = await Promise.all([startServer({ root: folder }), startNotes()]);
  const executablePath = chromiumPath();
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  await step('Taking the pictures', () => takeAll(browser, ...servers));
  await browser.close();
  for (const server of servers) await server.close();
});

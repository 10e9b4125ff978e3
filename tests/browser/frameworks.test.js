// React, Vue and Svelte on one page, each with a copy of the package of its own, over one core:
// the shop, where Vue fills the cart, Svelte empties it, and React counts it and sets the theme.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildShop } from '../../scripts/lib/shop-build.mjs';
import { inCluster } from './harness.js';

before(() => buildShop('wasm'));

async function openShop(cluster) {
  const tab = await cluster.open({ path: '/shop/index.html' });
  await tab.page.getByTestId('add-hongro-apples').waitFor();
  await tab.page.getByTestId('panel-role').getByText(/Leader|Follower/).waitFor();
  return tab;
}

const click = (tab, mark) => tab.page.getByTestId(mark).click();

/** Waits until an element reads so. */
const reads = (tab, mark, text) =>
  tab.page.getByTestId(mark).getByText(text, { exact: true }).waitFor({ timeout: 10_000 });

const themeOf = (tab) => tab.evaluate(() => document.documentElement.dataset.theme);

test(
  'what one framework writes the two others show',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const shop = await openShop(cluster);

    // Vue writes, Svelte and React show.
    await click(shop, 'add-hongro-apples');
    await click(shop, 'add-gochujang');
    await reads(shop, 'quantity-hongro-apples', '1');
    await reads(shop, 'badge', '2');
    // Svelte writes, Vue and React show.
    await click(shop, 'inc-hongro-apples');
    await reads(shop, 'in-cart-hongro-apples', '2 in cart');
    await reads(shop, 'badge', '3');
    await click(shop, 'remove-gochujang');
    await reads(shop, 'badge', '2');
    // React writes for the whole page.
    await click(shop, 'theme-toggle');
    await shop.until('the page is dark', () => document.documentElement.dataset.theme === 'dark');

    const looks = await shop.look();
    assert.equal(looks.length, 1, 'four units on one page share one core');
    const addresses = looks[0].spaces.map(({ address }) => address);
    assert.ok(addresses.includes('device/apartment:market'), addresses.join());
    assert.ok(addresses.includes('device/global'), addresses.join());
  }),
);

test(
  'three frameworks in two tabs show one state, also when the first tab is gone',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const first = await openShop(cluster);
    await click(first, 'add-hongro-apples');
    const second = await openShop(cluster);
    await reads(second, 'badge', '1');

    await click(second, 'theme-toggle');
    await click(second, 'inc-hongro-apples');
    await click(first, 'add-gochujang');
    for (const tab of [first, second]) {
      await reads(tab, 'badge', '3');
      await reads(tab, 'in-cart-hongro-apples', '2 in cart');
      await tab.until('the page is dark', () => document.documentElement.dataset.theme === 'dark');
    }
    await cluster.rest();
    await first.crash();
    await reads(second, 'panel-role', 'Leader');
    await click(second, 'add-gochujang');
    await reads(second, 'badge', '4');
    const third = await openShop(cluster);

    await reads(third, 'badge', '4');
    await reads(third, 'quantity-gochujang', '2');
    assert.equal(await themeOf(third), 'dark');
  }),
);

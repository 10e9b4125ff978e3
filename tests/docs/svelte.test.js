// The examples for Svelte: components, mounted into a document.
import '../hooks/dom.js';
import { register } from 'node:module';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';
import { compileSvelte } from './compile.js';
import { pageOf } from './page.js';
import { testExamples } from './run.js';

// Node would take Svelte's build for servers.
register('../svelte/browser_condition.js', import.meta.url);
const { flushSync, mount, tick, unmount } = await import('svelte');

async function settle(work) {
  await work();
  await tick();
}

function tools(t) {
  return {
    async render(Component, props) {
      const target = place(t);
      const instance = mount(Component, { target, props });
      flushSync();
      cleanup(t, () => unmount(instance));
      return pageOf(target, settle);
    },
  };
}

testExamples('svelte', ({ code }) => compileSvelte(code), tools);

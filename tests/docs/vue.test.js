// The examples for Vue: single-file components, mounted into a document.
import '../hooks/dom.js';
import { createApp, nextTick } from 'vue';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';
import { compileVue } from './compile.js';
import { pageOf } from './page.js';
import { testExamples } from './run.js';

async function settle(work) {
  await work();
  await nextTick();
}

function tools(t) {
  return {
    async render(component, props) {
      const container = place(t);
      const app = createApp(component, props);
      cleanup(t, () => app.unmount());
      app.mount(container);
      return pageOf(container, settle);
    },
  };
}

testExamples('vue', ({ code }) => compileVue(code), tools);

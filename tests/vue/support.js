// Mounts Vue components, written with runtime templates, into the document.
import '../hooks/dom.js';
import { createApp, h, nextTick } from 'vue';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';

export { h, nextTick };

/** Mounts `component`; the app is unmounted after the test unless the test did. */
export function mount(t, component, { use = [] } = {}) {
  const container = place(t);
  const app = createApp(component);
  const warnings = [];
  app.config.warnHandler = (text) => warnings.push(text);
  for (const plugin of use) app.use(plugin);
  let mounted = true;
  const unmount = () => {
    if (mounted) app.unmount();
    mounted = false;
  };
  cleanup(t, unmount);
  app.mount(container);
  return {
    app,
    warnings,
    text: () => container.textContent,
    find: (selector) => container.querySelector(selector),
    unmount,
  };
}

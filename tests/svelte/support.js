// Mounts Svelte components into the document. What depends on Svelte is imported here, after
// its browser build was chosen: tests take `svelte`, `stores` and `danji` from this file.
import '../hooks/dom.js';
import { register } from 'node:module';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';

register('./browser_condition.js', import.meta.url);
export const svelte = await import('svelte');
export const stores = await import('svelte/store');
export const danji = await import('danji/svelte');
export const { component, module } = (await import('./compile.js')).compilerFor('client');

/** Mounts `Component`; it is unmounted after the test unless the test did. */
export function mount(t, Component, props = {}) {
  const target = place(t);
  const warn = t.mock.method(console, 'warn', () => {});
  const instance = svelte.mount(Component, { target, props });
  svelte.flushSync();
  let mounted = true;
  const unmount = async () => {
    if (mounted) await svelte.unmount(instance);
    mounted = false;
    // Subscriptions of runes end a moment after their last reader.
    await svelte.tick();
  };
  cleanup(t, unmount);
  return {
    warnings: () => warn.mock.calls.map((call) => call.arguments.join(' ')),
    text: () => target.textContent.trim(),
    find: (selector) => target.querySelector(selector),
    unmount,
  };
}

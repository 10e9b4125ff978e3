// Renders React components into the document, in StrictMode, as development builds do.
import '../hooks/dom.js';
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

export { act };
export { click, type } from '../hooks/dom.js';
export const h = createElement;

/** Mounts `element`; the root is unmounted after the test unless the test did. */
export async function mount(t, element, { strict = true } = {}) {
  const container = place(t);
  const root = createRoot(container);
  const wrap = (inner) => (strict ? h(StrictMode, null, inner) : inner);
  let mounted = true;
  const unmount = async () => {
    if (mounted) await act(() => root.unmount());
    mounted = false;
  };
  cleanup(t, unmount);
  await act(() => root.render(wrap(element)));
  return {
    container,
    text: () => container.textContent,
    find: (selector) => container.querySelector(selector),
    render: (next) => act(() => root.render(wrap(next))),
    unmount,
  };
}

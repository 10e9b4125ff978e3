// The examples for React, rendered in StrictMode into a document.
import '../hooks/dom.js';
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cleanup } from '../hooks/cleanup.js';
import { place } from '../hooks/dom.js';
import { compileJsx } from './compile.js';
import { pageOf } from './page.js';
import { testExamples } from './run.js';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

function tools(t) {
  return {
    act,
    async render(Component, props) {
      const container = place(t);
      const root = createRoot(container);
      cleanup(t, () => act(() => root.unmount()));
      const element = createElement(StrictMode, null, createElement(Component, props));
      await act(() => root.render(element));
      return pageOf(container, act);
    },
  };
}

testExamples('react', ({ code }) => compileJsx(code), tools);

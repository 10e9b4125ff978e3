// A document for tests that render: import this before any framework, as they look for a
// document when they are loaded. Timers stay Node's own.
import { Window } from 'happy-dom';
import { cleanup } from './cleanup.js';

const window = new Window({ url: 'https://shop.example/' });
const names = [
  'document', 'Document', 'Node', 'Element', 'HTMLElement', 'SVGElement',
  'MathMLElement', 'Text', 'Comment', 'DocumentFragment', 'HTMLTemplateElement',
  'HTMLInputElement', 'HTMLMediaElement', 'HTMLIFrameElement', 'ShadowRoot', 'Event',
  'InputEvent', 'CustomEvent', 'MutationObserver', 'CSSStyleSheet', 'getComputedStyle',
  'requestAnimationFrame', 'cancelAnimationFrame',
];

define('window', window);
// No Web Locks, as in a page without https: the page's own manager works alone.
define('navigator', { userAgent: window.navigator.userAgent });
for (const name of names) if (name in window) define(name, window[name]);

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** A new, empty place in the document; gone after the test. */
export function place(t) {
  const element = document.createElement('div');
  document.body.append(element);
  cleanup(t, () => element.remove());
  return element;
}

/** What a person does who types `text` over what an input contains. */
export function type(input, text) {
  // The element's own setter, past the one by which React notices a program's changes.
  const prototype = Object.getPrototypeOf(input);
  Object.getOwnPropertyDescriptor(prototype, 'value').set.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

export function click(element) {
  element.dispatchEvent(new window.MouseEvent('click', { bubbles: true, cancelable: true }));
}

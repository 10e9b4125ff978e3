// What a check can see of a rendered example, and do with it as a person would.
import assert from 'node:assert/strict';
import { click, type } from '../hooks/dom.js';

/** `settle` runs what a person does and waits until the framework has rendered. */
export function pageOf(container, settle) {
  const find = (selector) => {
    const element = container.querySelector(selector);
    assert.ok(element, `there is no ${selector} in ${container.innerHTML}`);
    return element;
  };
  return {
    find,
    text: (selector) => (selector === undefined ? container : find(selector)).textContent.trim(),
    click: (selector) => settle(async () => click(find(selector))),
    type: (selector, text) => settle(async () => type(find(selector), text)),
    /** Anything else that changes what is shown. */
    after: (work) => settle(async () => work()),
  };
}

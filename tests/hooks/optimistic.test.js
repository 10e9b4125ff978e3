// What is set by a hook with `optimistic: false` is written as such, in every framework.
import './dom.js';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { effectScope } from 'vue';
import { useSharedState as useInReact } from 'danji/react';
import { useSharedRef, useSharedState as useInVue } from 'danji/vue';
import { createSharedStore, sharedState } from 'danji/svelte';
import { openUnits, theme } from './units.js';

/** The unit, and how each of its writes is to be made. */
function noteWrites(unit) {
  const writes = [];
  const noted = new Proxy(unit, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (name !== 'setState') return typeof member === 'function' ? member.bind(target) : member;
      return (key, value, options) => {
        writes.push(options);
        return member.call(target, key, value, options);
      };
    },
  });
  return { unit: noted, writes };
}

const setters = {
  'useSharedState in React': (options) => {
    let set;
    const Use = () => {
      [, set] = useInReact(theme, options);
      return null;
    };
    renderToString(createElement(Use));
    return set;
  },
  'useSharedState in Vue': (options) =>
    effectScope().run(() => useInVue(theme, options).updateState),
  'useSharedRef in Vue': (options) => {
    const ref = effectScope().run(() => useSharedRef(theme, options));
    return (value) => (ref.value = value);
  },
  'createSharedStore in Svelte': (options) => createSharedStore(theme, options).set,
  'sharedState in Svelte': (options) => {
    const state = sharedState(theme, options);
    return (value) => (state.current = value);
  },
};

for (const [name, use] of Object.entries(setters)) {
  test(`${name} says whether a write is optimistic`, (t) => {
    const { unit, writes } = noteWrites(openUnits(t).unit);

    use({ unit, optimistic: false })('dark');
    use({ unit })('light');

    assert.deepEqual(writes, [
      { wait: 'local', optimistic: false },
      { wait: 'local', optimistic: undefined },
    ]);
    assert.equal(unit.getState(theme), 'light');
  });
}

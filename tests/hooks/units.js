// A core of its own for every test, and the states the hook tests talk about.
import { createStateManager, defineState, StateScope } from 'danji';
import { cleanup } from './cleanup.js';

export const theme = defineState({
  key: 'theme',
  scope: StateScope.GLOBAL_SHARED,
  default: 'light',
});

export const cart = defineState({
  key: 'cart',
  scope: StateScope.APARTMENT_SHARED,
  default: () => ({ items: [], total: 0, note: '' }),
});

export const draft = defineState({ key: 'draft', scope: StateScope.PRIVATE, default: '' });

/** A manager that shares nothing with other tests; works alone, so every write is decided. */
export function openManager(t) {
  const errors = [];
  const manager = createStateManager({
    isolated: true,
    channel: false,
    onError: (error) => errors.push(error),
  });
  cleanup(t, () => manager.close());
  return { manager, errors };
}

/** Two units of one manager: the one under test, and somebody else on the page. */
export function openUnits(t) {
  const { manager, errors } = openManager(t);
  const unit = manager.createUnitStateStore('header');
  const other = manager.createUnitStateStore('catalogue');
  return { manager, unit, other, errors };
}

/** The unit, how many of its subscriptions are open, and how many were made. */
export function countSubscriptions(unit) {
  const subscriptions = { open: 0, made: 0 };
  const counted = new Proxy(unit, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'subscribe' && name !== 'on') return member.bind(target);
      return (...given) => {
        const stop = member.apply(target, given);
        let open = true;
        subscriptions.open += 1;
        subscriptions.made += 1;
        return () => {
          if (open) subscriptions.open -= 1;
          open = false;
          stop();
        };
      };
    },
  });
  return { unit: counted, subscriptions };
}

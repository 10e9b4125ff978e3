// A page as an application would write it: keys that last, and no word about where.
import { createStateManager, defineState } from '/dist/js/src/entry/default.js';

const lasting = { lifetime: 'persistent' };
const keys = {
  cart: defineState({ key: 'cart', scope: 'apartment', default: {}, ...lasting }),
  likes: defineState({
    key: 'likes', scope: 'global', default: 0, conflictResolution: 'sum', ...lasting,
  }),
  draft: defineState({ key: 'draft', scope: 'private', default: '', ...lasting }),
  theme: defineState({ key: 'theme', scope: 'global', default: 'light' }),
  step: defineState({ key: 'step', scope: 'ephemeral', default: 0 }),
  choice: defineState({
    key: 'choice', scope: 'apartment', default: null, lifetime: 'session', remote: false,
  }),
};

const errors = [];
const query = new URLSearchParams(location.search);
const namespace = query.get('namespace') ?? 'shop';
const url = query.get('server');
const remote = url === null ? {} : { remote: { url, backoff: { baseMillis: 50, maxMillis: 200 } } };
const onError = (error) => errors.push(error.message);
const manager = createStateManager({ namespace, onError, ...remote });
const unit = manager.createUnitStateStore('checkout');

window.lasting = {
  errors,
  manager,
  set: async (key, value, options) => (await unit.setState(keys[key], value, options)).applied,
  add: async (key, delta, options) => (await unit.add(keys[key], delta, options)).applied,
  /** All values, when what is stored of them was read. */
  read: async () => {
    for (const key of Object.values(keys)) unit.getState(key);
    await manager.ready;
    return Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [name, unit.getState(key)]),
    );
  },
  /** Adds to the likes, again and again, and says so when the disk has it. */
  like: async () => {
    for (let done = 1; ; done++) {
      await unit.add(keys.likes, 1);
      await unit.setState(keys.draft, `like ${done}`, { wait: 'persisted' });
      await unit.setState(keys.cart, { likes: done }, { wait: 'persisted' });
      console.log(`done ${done}`);
    }
  },
};

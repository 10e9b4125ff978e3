// Two copies of the package, from two addresses: `window.copies`.
import * as first from '/copy-a/dist/js/src/entry/default.js';
import * as second from '/copy-b/dist/js/src/entry/default.js';

const namespace = new URLSearchParams(location.search).get('namespace') ?? 'default';

const open = ({ createStateManager, defineState, DanjiError }, unitId) => {
  const manager = createStateManager({ namespace });
  const unit = manager.createUnitStateStore(unitId);
  const theme = defineState({ key: 'theme', scope: 'apartment', default: 'light' });
  return { createStateManager, DanjiError, manager, unit, theme };
};

window.copies = { first: open(first, 'header'), second: open(second, 'cart') };

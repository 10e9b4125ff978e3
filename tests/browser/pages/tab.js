// A page with Danji on it, for tests to drive: `window.tab`.
//
// It uses the public package only. States are made by name as they are needed, so a tab knows
// of no key before the test asks it to.
import { createStateManager, defineState, DanjiError } from '/dist/js/src/entry/default.js';

const parameters = new URLSearchParams(location.search);
const errors = [];
const plain = ({ code, key = null, message }) => ({ code, key, message });

const manager = createStateManager({
  namespace: parameters.get('namespace') ?? 'default',
  onError: (error) => errors.push(plain(error)),
});
const unit = manager.createUnitStateStore(parameters.get('unit') ?? 'writer');

const handles = new Map();

/** The state of that name: apartment scope and default null unless said otherwise. */
function state(key, { scope = 'apartment', default: initial = null, crossTab } = {}) {
  let handle = handles.get(key);
  if (handle === undefined) {
    const definition = { key, scope, default: initial };
    handle = defineState(crossTab === undefined ? definition : { ...definition, crossTab });
    handles.set(key, handle);
  }
  return handle;
}

/** Own writes and what their promises said, in the order in which they said it. */
const writes = [];

function noted(key, value, promise) {
  const write = { key, value, outcomes: [] };
  writes.push(write);
  promise.then(
    (receipt) => write.outcomes.push(receipt.toJSON()),
    (error) => write.outcomes.push({ code: error.code }),
  );
  return promise;
}

function set(key, value) {
  return noted(key, value, unit.setState(state(key), value));
}

/** One step of a random script. */
function step([kind, ...rest]) {
  if (kind === 'pause') return new Promise((done) => setTimeout(done, rest[0]));
  if (kind === 'unset') return void noted(rest[0], null, unit.unsetState(state(rest[0])));
  if (kind === 'add') {
    const add = (before) => (typeof before === 'number' ? before : 0) + 1;
    return void noted(rest[0], undefined, unit.setState(state(rest[0]), add));
  }
  if (kind === 'batch') return void unit.batch(() => rest[0].forEach(([key, value]) => set(key, value)));
  return void set(...rest);
}

async function run(steps) {
  for (const each of steps) await step(each);
}

/** What this tab shows of some keys. */
function read(keys) {
  return keys.map((key) => {
    const { value, meta } = unit.readState(state(key));
    const { version, pending, source, updatedBy, loading } = meta;
    return { key, value, version, pending, source, updatedBy, loading, error: meta.error?.code };
  });
}

let writing;

/**
 * Writes a key of its own again and again, each key once. Every second key is told to the other
 * tabs, which use it from then on; of the keys between, no other page ever hears.
 */
function startWriting(author, millis) {
  let number = 0;
  writing = setInterval(() => {
    const key = `${author}/${++number}`;
    void set(key, { author, number });
    if (number % 2 === 0) unit.emit('wrote', key, { tabs: true });
  }, millis);
}

unit.on('wrote', (key) => void unit.getState(state(key)));

/** How many writes were made, and how many of them were answered. */
function progress() {
  const answered = writes.filter(({ outcomes }) => outcomes.length > 0).length;
  return { made: writes.length, answered };
}

// The first thing that went wrong, with what was behind it.
let failure = null;
window.addEventListener('error', ({ error }) => {
  failure ??= [error?.stack, error?.cause?.stack].join('\n');
});

window.tab = {
  failure: () => failure,
  startWriting,
  stopWriting: () => clearInterval(writing),
  progress,
  manager, unit, state, set, run, read, writes, errors, plain, DanjiError };

const plainMeta = ({ pending, loading, source, version }) => ({ pending, loading, source, version });

/**
 * With `early=key&watch=key` in the address the page writes in its very first task, before it can
 * know of anybody, and notes what it shows of the other key whenever one of the two changes.
 */
if (parameters.has('early')) {
  const [written, watched] = ['early', 'watch'].map((name) => state(parameters.get(name)));
  const seen = [];
  const note = () => {
    const { value, meta } = unit.readState(written);
    seen.push({ role: manager.tabs.role, value, meta: plainMeta(meta), watched: unit.getState(watched) });
  };
  unit.subscribe(written, note, { meta: true });
  unit.subscribe(watched, note, { meta: true });
  const promise = set(written.key, 'early');
  window.tab.early = { seen, promise };
}

// What a page with Danji on it offers to tests: `window.tab`.
//
// It uses the public package only. States are made by name as they are needed, so a tab knows
// of no key before the test asks it to.

const parameters = new URLSearchParams(location.search);

/** Whether this page's policy lets `run` through. */
function permits(run) {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

const emptyModule = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const permitted = {
  eval: permits(() => new Function('return 1')()),
  wasm: permits(() => new WebAssembly.Module(emptyModule)),
};

const plainError = ({ code, key = null, message }) => ({ code, key, message });

const pause = (millis) => new Promise((done) => setTimeout(done, millis));

const oneMore = (before) => (typeof before === 'number' ? before : 0) + 1;

/** A strategy of the tests' own: the greater number stands. */
const highest = {
  resolve: (current, incoming) => (incoming.value > current.value ? incoming : current),
};

export function makeTab({ createStateManager, defineState, DanjiError }) {
  const errors = [];
  const server = parameters.get('server');
  const manager = createStateManager({
    ...(server === null ? {} : { remote: { url: server } }),
    namespace: parameters.get('namespace') ?? 'default',
    onError: (error) => errors.push(plainError(error)),
  });
  const unit = manager.createUnitStateStore('writer');

  const handles = new Map();

  /** The state of that name: apartment scope and default null unless said otherwise. */
  function state(key, { scope = 'apartment', default: initial = null, ...more } = {}) {
    let handle = handles.get(key);
    if (handle === undefined) {
      handle = defineState({ key, scope, default: initial, ...more });
      handles.set(key, handle);
    }
    return handle;
  }

  /** Own writes, and what their promises said in the order in which they said it. */
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

  manager.registerConflictStrategy('highest', highest);

  /** One step of a script (support/script.js). */
  function step([kind, subject, value]) {
    if (kind === 'open') return void unit.getState(state(subject, value));
    if (kind === 'addition') return void noted(subject, undefined, unit.add(state(subject), value));
    if (kind === 'field') {
      const change = (before) => ({ ...before, [value[0]]: value[1] });
      return void noted(subject, undefined, unit.setState(state(subject), change));
    }
    if (kind === 'pause') return pause(subject);
    if (kind === 'unset') return void noted(subject, null, unit.unsetState(state(subject)));
    if (kind === 'add') return void noted(subject, undefined, unit.setState(state(subject), oneMore));
    if (kind === 'batch') return void unit.batch(() => subject.forEach((pair) => set(...pair)));
    return void set(subject, value);
  }

  async function run(steps) {
    for (const each of steps) await step(each);
  }

  /** What this tab shows of some keys. */
  function read(keys) {
    return keys.map((key) => {
      const { value, meta } = unit.readState(state(key));
      const { version, pending, source, updatedBy, loading } = meta;
      const error = meta.error?.code ?? null;
      return { key, value, version, pending, source, updatedBy, loading, error };
    });
  }

  let writing;

  /**
   * Writes a key of its own again and again, each key once. Every second key is told to the
   * other tabs, which use it from then on; of the keys between, no other page ever hears.
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

  return {
    permitted,
    plainError,
    DanjiError,
    manager,
    unit,
    errors,
    state,
    set,
    run,
    read,
    writes,
    startWriting,
    stopWriting: () => clearInterval(writing),
    progress,
  };
}

/**
 * With `globally=key` the page writes in its very first task a key that it takes for one of the
 * whole origin. Gives a promise of what came of it.
 */
export function writeGlobally({ unit, state }) {
  if (!parameters.has('globally')) return undefined;
  const handle = state(parameters.get('globally'), { scope: 'global', default: 'light' });
  return unit.setState(handle, 'global').then(
    (receipt) => receipt.toJSON(),
    (error) => ({ code: error.code }),
  );
}

/**
 * With `early=key&watch=key` in the address the page writes in its very first task, before it can
 * know of anybody, and notes what it shows whenever one of the two changes.
 */
export function writeEarly({ unit, manager, state, set }) {
  if (!parameters.has('early')) return undefined;
  const written = state(parameters.get('early'));
  const watched = state(parameters.get('watch'), { default: 'default' });
  const seen = [];
  const note = () => {
    const { value, meta } = unit.readState(written);
    const { pending, loading } = meta;
    const { role } = manager.tabs;
    seen.push({ role, value, pending, loading, watched: unit.getState(watched) });
  };
  unit.subscribe(written, note, { meta: true });
  unit.subscribe(watched, note);
  return { seen, promise: set(written.key, 'early') };
}

// The probe: runs in every page before its own scripts and looks straight into the cores that
// the page makes, past the glue: what they hold is what their exports say.
//
// It asks a copy of the core, so that looking changes nothing, not even the size of the memory.
// It also turns every core's journal on (a test's wish, see bindings/control_surface.cpp), unless
// the address says `journal=off`: with a journal the core takes no short cut for a lone tab.
// `freeze=ignored` in the address makes a page that is frozen without having been told, and with
// `queue=last` every other tab stands before this one in the queue for the leader's lock.
// `channel=none` makes a browser without BroadcastChannel.

/** Given to the browser as text: it can use nothing from this module. */
export function installProbe() {
  const parameters = new URLSearchParams(location.search);
  const keepsJournal = parameters.get('journal') !== 'off';
  const cores = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function instantiate(module, imports) {
    const instance = new Instance(module, imports);
    const core = instance.exports;
    if (core.danji_create === undefined) return instance;
    cores.push({ module, core });
    const create = (wish) => core.danji_create(keepsJournal ? 1 : wish);
    return { exports: { ...core, danji_create: create } };
  };

  if (parameters.get('freeze') === 'ignored') {
    for (const type of ['freeze', 'resume']) {
      document.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    }
  }

  if (parameters.get('queue') === 'last') {
    const request = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = (name, options, granted) =>
      name.endsWith('/leader') ? new Promise(() => {}) : request(name, options, granted);
  }

  if (parameters.get('channel') === 'none') delete window.BroadcastChannel;

  // Between two calls everything that a core knows is in its memory.
  const copyOf = ({ module, core }) => {
    const copy = new Instance(module).exports;
    const missing = core.memory.buffer.byteLength - copy.memory.buffer.byteLength;
    copy.memory.grow(missing / 65536);
    new Uint8Array(copy.memory.buffer).set(new Uint8Array(core.memory.buffer));
    return copy;
  };
  const output = (core) =>
    new Uint8Array(core.memory.buffer, core.danji_output(), core.danji_outputLength());
  const text = (core) => new TextDecoder().decode(output(core));

  const lookInto = (core) => {
    core.danji_inspect();
    const found = JSON.parse(text(core));
    found.spaces.forEach((space, id) => {
      core.danji_digest(id);
      space.digest = text(core);
    });
    return found;
  };

  const journalOf = (core) => {
    core.danji_journal();
    const bytes = output(core);
    let binary = '';
    for (let i = 0; i < bytes.length; i += 8192) {
      binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(binary);
  };

  window.probe = {
    keepsJournal,
    look: () => cores.map((each) => lookInto(copyOf(each))),
    journals: () => cores.map((each) => journalOf(copyOf(each))),
  };
}

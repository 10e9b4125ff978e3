// A page of the browser's chaos: it writes until it is told to rest. What it asks for and is told
// is noted by requests that it waits for, so that it is known also when the page dies at once.
//
//   ?server=ws://…  &frame=1: with another page in a frame  &full=1: the disk may be full
import { createStateManager } from 'danji';
import { indexedDbStorage } from '/dist/js/src/entry/storage.js';
import { nextOp, over, readable, states } from '/chaos/work.js';

const query = new URLSearchParams(location.search);
const url = query.get('server');
const isFull = query.has('full');
/** Some pages take writes back, and ask for no promise that these are on the disk. */
const discards = Math.random() < 0.4;
/** How long it waits before it writes again, at most; where writing is slow, that much longer. */
const pauseMillis = 120;
const chance = Math.random;
let lines = 0;

function ask(path, body) {
  const request = new XMLHttpRequest();
  request.open('POST', path, false);
  request.send(body);
  return request.responseText;
}

/** Tags are given out by thousands; a page's grow. */
let [tag, lastTag] = [0, 0];
function nextTag() {
  if (tag === lastTag) {
    tag = Number(ask('/tags'));
    lastTag = tag + 1000;
  }
  return ++tag;
}

const errors = {};
const manager = createStateManager({
  namespace: 'chaos',
  remote: { url, backoff: { baseMillis: 20, maxMillis: 200 } },
  onError: ({ code }) => (errors[code] = (errors[code] ?? 0) + 1),
});
const page = manager.tabs.id;
const note = (line) => ask('/note', JSON.stringify({ page, ...line, at: ++lines }));

manager.registerConflictStrategy('over', over);
const unit = manager.createUnitStateStore('chaos');
for (const state of states) unit.getState(state);

function write() {
  const next = nextTag();
  const { writes, write: make, isCertain } = nextOp({ unit, tag: next, chance });
  note({ asked: next, writes });
  const isKept = isCertain && !isFull && !discards && chance() < 0.3;
  const refused = ({ code = 'UNKNOWN' }) => note({ told: next, code });
  try {
    make(isKept ? { wait: 'persisted' } : {}).then((receipt) => {
      if (receipt?.applied === 'persisted' && receipt.version === null) note({ stored: next });
      else note({ told: next, code: null, isOld: receipt?.superseded, ...receipt?.version });
    }, refused);
  } catch (error) {
    refused(error);
  }
}

/** What this page wrote and nobody has decided: whether that came in time, its promise tells. */
function discard() {
  const own = manager.outbox.list().filter(({ author }) => author === 'this-tab');
  if (own.length === 0) return;
  void manager.outbox.discard(own[Math.floor(chance() * own.length)].opId);
}

function read() {
  const state = readable[Math.floor(chance() * readable.length)];
  const { value, meta } = unit.readState(state);
  if (meta.pending > 0 || meta.version === null) return;
  note({ read: state.key, ...meta.version, tag: value.tag === 0 ? null : value.tag });
}

let timer;
let tookMillis = 0;
function goOn() {
  timer = setTimeout(() => {
    const start = performance.now();
    for (let rest = chance() < 0.1 ? 5 : 1; rest > 0; rest--) write();
    if (discards && chance() < 0.2) discard();
    read();
    tookMillis = performance.now() - start;
    goOn();
  }, chance() * pauseMillis + tookMillis);
}
goOn();

if (query.has('frame')) {
  const frame = document.createElement('iframe');
  frame.src = `chaos.html?server=${url}${isFull ? '&full=1' : ''}`;
  document.body.append(frame);
}

/** The pages in frames: whoever drives a browser may lose sight of them, this page does not. */
const inner = () => Array.from(window, (frame) => frame.chaos);

window.chaos = {
  /** Whether all of them are at work. */
  isReady: () => window.length === (query.has('frame') ? 1 : 0) && inner().every(Boolean),
  rest() {
    clearTimeout(timer);
    for (const page of inner()) page.rest();
  },
  async ends() {
    return [await this.end(), ...(await Promise.all(inner().map((page) => page.end())))];
  },
  async end() {
    const disk = indexedDbStorage();
    let rows = 0;
    await disk.open(`chaos//${encodeURIComponent(url)}`, () => {});
    await disk.read('outbox/', 'outbox0', (some) => (rows += some.length));
    await disk.close();
    const hash = await crypto.subtle.digest('SHA-256', manager.createSnapshotBytes());
    const digest = Array.from(new Uint8Array(hash).slice(0, 8), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    const { connection, outbox, storage, tabs } = manager;
    return {
      name: page, waiting: outbox.size(), rows, digest, status: connection.status(),
      problem: connection.problem, storage: storage.status(), role: tabs.role, errors,
      waitsFor: outbox.list().slice(0, 3),
    };
  },
};

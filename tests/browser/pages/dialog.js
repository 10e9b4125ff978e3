// One tab with a note under `user_resolve` and a dialog, on a channel that the test can stop.
import { createStateManager, defineState } from '/dist/js/src/entry/default.js';

const namespace = new URLSearchParams(location.search).get('namespace');

/**
 * A BroadcastChannel; while it is held, what arrives waits. A page that was frozen closes it and
 * listens anew.
 */
function makeHeldChannel(name) {
  const waiting = [];
  let channel = null;
  let deliver = () => {};
  let isHeld = false;
  return {
    hold: () => (isHeld = true),
    release() {
      isHeld = false;
      for (const bytes of waiting.splice(0)) deliver(bytes);
    },
    adapter: {
      post: (bytes) => channel.postMessage(bytes),
      onMessage(receive) {
        channel = new BroadcastChannel(name);
        deliver = receive;
        channel.onmessage = ({ data }) => (isHeld ? waiting.push(data) : receive(data));
        return () => (channel.onmessage = null);
      },
      close: () => channel.close(),
    },
  };
}

const channel = makeHeldChannel(`dialog/${namespace}`);
const errors = [];
const manager = createStateManager({
  namespace,
  channel: channel.adapter,
  onError: ({ code, key, message }) => errors.push({ code, key, message }),
});
const unit = manager.createUnitStateStore('editor');
const note = defineState({
  key: 'note', scope: 'apartment', default: '', conflictResolution: 'user_resolve',
});

const $ = (id) => document.getElementById(id);

/** Only where a person can see it: one of the tabs is enough to answer. */
function ask() {
  const [ticket] = manager.conflicts.list();
  const asks = ticket !== undefined && document.visibilityState === 'visible';
  if (!asks) return $('question').close();
  $('current').textContent = ticket.current.value;
  $('incoming').textContent = ticket.incoming[0].value;
  if (!$('question').open) $('question').showModal();
}

async function answer(choice) {
  const [ticket] = manager.conflicts.list();
  try {
    await ticket.resolve(choice);
    $('told').textContent = 'thank you';
  } catch ({ code }) {
    $('told').textContent = code === 'CONFLICT' ? 'somebody was faster' : code;
  }
}

$('keep').onclick = () => answer('current');
$('take').onclick = () => answer('incoming');
manager.conflicts.subscribe(ask);
document.addEventListener('visibilitychange', ask);
unit.subscribe(note, (text) => ($('note').textContent = text), { immediate: true });

window.tab = {
  manager,
  errors,
  hold: channel.hold,
  release: channel.release,
  write: (text) => void unit.setState(note, text),
  answer: (choice) => void answer(choice),
  shown: () => ({
    visibility: document.visibilityState,
    note: $('note').textContent,
    told: $('told').textContent,
    question: $('question').open ? [$('current').textContent, $('incoming').textContent] : null,
    tickets: manager.conflicts.list().length,
  }),
};

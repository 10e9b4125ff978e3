// A page that admits frames: `window.add` makes one, `window.broker` lets it in.
import { createStateManager, defineState } from '/dist/js/src/entry/default.js';
import { openFrameBroker } from '/dist/js/src/entry/frames.js';

const namespace = new URLSearchParams(location.search).get('namespace') ?? 'default';
const manager = createStateManager({ namespace });
const shared = (key, initial) => defineState({ key, scope: 'apartment', default: initial });

window.states = {
  offer: shared('offer', { price: 1 }),
  answer: shared('answer', null),
  secret: shared('secret', 'of the page'),
};
window.unit = manager.createUnitStateStore('page');
window.broker = openFrameBroker();

const ends = new Map();

window.add = ({ name, url, admitted, sandbox }) => {
  const frame = document.createElement('iframe');
  frame.name = name;
  frame.id = name;
  if (sandbox !== null) frame.sandbox.value = sandbox;
  frame.src = url;
  document.body.append(frame);
  if (admitted === null) return;
  const { offer, answer } = window.states;
  const unit = manager.createUnitStateStore(`frame-${name}`);
  const grants = { origin: admitted, read: [offer], write: [answer] };
  ends.set(name, window.broker.admit(frame, unit, grants));
};
window.remove = (name) => document.getElementById(name).remove();
window.dismiss = (name) => ends.get(name)();
window.go = (name, origin) => {
  const frame = document.getElementById(name);
  const url = new URL(frame.src);
  frame.src = `${origin}${url.pathname}${url.search}`;
};

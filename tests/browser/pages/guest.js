// A frame of another origin: `window.guest` tries what it may, and what it may not.
import { connectToPage } from '/dist/js/src/entry/frames.js';

const origin = new URLSearchParams(location.search).get('page');
const codeOf = (run) => run().then(() => 'OK', (error) => error.code);
let port;

window.guest = {
  link: null,
  /** What the page said to this window. */
  heard: [],
  told: [],
  ask: () => window.parent.postMessage({ danji: 'frame', document: 'any' }, origin),
  write: (key, value) => codeOf(() => window.guest.link.setState(key, value)),
  read: (key) => codeOf(async () => window.guest.link.getState(key)),
  /** Past the port, into the page. */
  reach() {
    try {
      return String(window.parent.unit);
    } catch (error) {
      return error.name;
    }
  },
  /** Things that no frame says. Returns how many. */
  postNonsense() {
    const things = [null, 7, 'write', {}, { write: '1', key: 'answer' }, { write: 1 }, [1, 'answer']];
    for (const thing of things) port.postMessage(thing);
    return things.length;
  },
};

window.addEventListener('message', ({ data, ports }) => {
  window.guest.heard.push(data);
  [port] = ports;
});
// Not awaited: a page that does not let it in never answers.
void connectToPage({ origin }).then((link) => {
  window.guest.link = link;
  link.subscribe('offer', (value) => window.guest.told.push(['offer', value]));
});

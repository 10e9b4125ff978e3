// One tab with `danji/js`. The probe sees WebAssembly only, so this page shows its core itself.
import * as danji from '/dist/js/src/entry/js.js';
import { Page } from '/dist/js/src/page.js';
import { makeTab } from './make-tab.js';

const pages = new Set();
const { retain } = Page.prototype;
Page.prototype.retain = function retainAndShow() {
  pages.add(this);
  retain.call(this);
};

function lookInto({ store: { bridge } }) {
  const found = JSON.parse(bridge.inspect());
  found.spaces.forEach((space, id) => {
    space.digest = bridge.digest(id);
  });
  return found;
}

window.tab = makeTab(danji);
window.probe.keepsJournal = false;
window.probe.look = () => [...pages].map(lookInto);

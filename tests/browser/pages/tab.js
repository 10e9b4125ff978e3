// One tab with the default entry.
import * as danji from '/dist/js/src/entry/default.js';
import { makeTab, writeEarly, writeGlobally } from './make-tab.js';

window.tab = makeTab(danji);
window.tab.early = writeEarly(window.tab);
window.tab.globally = writeGlobally(window.tab);

// What a page is told when its policy forbids the core: `window.refusal`.
import { createStateManager, DanjiError } from '/dist/js/src/entry/default.js';

try {
  createStateManager();
  window.refusal = null;
} catch (error) {
  const { code, message } = error;
  window.refusal = { isDanjiError: error instanceof DanjiError, code, message };
}

/**
 * What the glue of one tab tells that of the others, beside what the core says: events under
 * names that no application can use.
 */
import { ByteWriter } from './bytes.js';
import type { Store } from './store.js';

const globalScope = 3;

/** How the connection to the server stands, or that it should be tried again. */
export const connectionWords = '\u0000connection';
/** Messages in rooms. */
export const roomWords = '\u0000room';

export function tellTabs(store: Store, name: string, words: unknown): void {
  const out = new ByteWriter();
  out.raw(store.sessionBytes);
  out.u8(globalScope);
  for (const text of ['main', 'main', 'danji', name]) out.text(text);
  out.text(JSON.stringify(words));
  store.enter(() => store.bridge.emit(out));
}

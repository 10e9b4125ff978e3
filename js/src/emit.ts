/**
 * Sends a container event: to the units on this page, and with `tabs` to those of other tabs.
 */
import { ByteWriter } from './bytes.js';
import { checkValue } from './check.js';
import type { Place } from './definition.js';
import type { Store } from './store.js';
import { StateScope } from './types.js';

const scopeNumbers: { readonly [scope in StateScope]?: number } = {
  private: 0,
  building: 1,
  apartment: 2,
  global: 3,
};

export function sendEvent(
  store: Store,
  from: Place,
  eventName: string,
  data: unknown,
  options: { scope?: StateScope; tabs?: boolean },
): void {
  const scope = options.scope ?? StateScope.APARTMENT_SHARED;
  // What is private stays on the page, and what travels has to be JSON.
  const travels = options.tabs === true && scope !== StateScope.PRIVATE;
  if (travels && data !== undefined) checkValue(data, eventName);
  store.bus.emit(from, eventName, data, scope);
  if (!travels) return;
  const out = new ByteWriter();
  out.raw(store.sessionBytes);
  out.u8(scopeNumbers[scope] ?? 255); // Another one was refused by the bus.
  out.text(from.apartment);
  out.text(from.building);
  out.text(from.unitId);
  out.text(eventName);
  out.text(data === undefined ? 'null' : JSON.stringify(data));
  store.beginTask();
  store.bridge.emit(out);
  store.settle();
}

/**
 * Container events: what one unit tells the others, now and at most once.
 *
 * An event reaches the handlers of the units in its scope, seen from the unit that emits it,
 * the emitter's own included, in the order in which they subscribed. Nothing is kept: who
 * subscribes later hears of later events only. The bus passes `data` on as it is.
 */
import { checkName } from './check.js';
import { DanjiError } from './errors.js';
import { StateScope } from './types.js';
import type { Unsubscribe } from './types.js';

/** Where a unit lives. */
export interface Place {
  readonly unitId: string;
  readonly building: string;
  readonly apartment: string;
}

export type EventHandler = (data: unknown, source: string) => void;
export type EventReport = (error: DanjiError) => void;

/** The event name that hears all. */
const every = '*';

interface Subscription {
  readonly place: Place;
  readonly handler: EventHandler;
  readonly report: EventReport;
  /** Subscriptions of all names in one order. */
  readonly order: number;
  /** All of this event name; it is active as long as it is one of them. */
  readonly among: Set<Subscription>;
}

export class EventBus {
  readonly #byName = new Map<string, Set<Subscription>>();
  #order = 0;

  /**
   * Calls `handler(data, sourceUnitId)` for every event of that name, or of all names for `*`,
   * that reaches `place`. What it throws or rejects with goes to `report` as LISTENER_FAILED
   * and disturbs nobody else. The same handler may subscribe twice, and is then called twice.
   */
  on(place: Place, eventName: string, handler: EventHandler, report: EventReport): Unsubscribe {
    checkName(eventName, 'an event name');
    if (typeof handler !== 'function') {
      throw new DanjiError('INVALID_VALUE', 'an event handler must be a function');
    }
    const among = this.#byName.get(eventName) ?? new Set<Subscription>();
    const subscription = { place, handler, report, order: this.#order++, among };
    this.#byName.set(eventName, among.add(subscription));
    return () => {
      among.delete(subscription);
      // Later subscriptions of an abandoned name are among others.
      if (among.size === 0 && this.#byName.get(eventName) === among) {
        this.#byName.delete(eventName);
      }
    };
  }

  /**
   * Calls whoever subscribed before this call and is still subscribed at its turn.
   * Throws INVALID_KEY or INVALID_VALUE for a bad name or scope, and then calls nobody.
   */
  emit(from: Place, eventName: string, data: unknown, scope?: StateScope): void {
    checkName(eventName, 'an event name');
    if (eventName === every) {
      throw new DanjiError('INVALID_KEY', '"*" hears all events, it is not one', { key: every });
    }
    const reach = reachOf(scope ?? StateScope.APARTMENT_SHARED);
    for (const subscription of this.#listening(eventName)) {
      if (subscription.among.has(subscription) && reach(from, subscription.place)) {
        call(subscription, { eventName, data, source: from.unitId });
      }
    }
  }

  /** The same for an event that was emitted in another tab, where anything may be a name. */
  receive(from: Place, eventName: string, data: unknown, scope?: StateScope): void {
    if (eventName !== every) this.emit(from, eventName, data, scope);
  }

  #listening(eventName: string): Subscription[] {
    const named = this.#byName.get(eventName) ?? [];
    const always = this.#byName.get(every) ?? [];
    return [...named, ...always].sort((one, other) => one.order - other.order);
  }
}

type Reach = (from: Place, to: Place) => boolean;

const sameApartment: Reach = (from, to) => from.apartment === to.apartment;
const sameBuilding: Reach = (from, to) => sameApartment(from, to) && from.building === to.building;
const sameUnit: Reach = (from, to) => sameBuilding(from, to) && from.unitId === to.unitId;

const reachByScope = new Map<unknown, Reach>([
  [StateScope.PRIVATE, sameUnit],
  [StateScope.BUILDING_SHARED, sameBuilding],
  [StateScope.APARTMENT_SHARED, sameApartment],
  [StateScope.GLOBAL_SHARED, () => true],
]);

function reachOf(scope: unknown): Reach {
  const reach = reachByScope.get(scope);
  if (reach !== undefined) return reach;
  const known = [...reachByScope.keys()].join(', ');
  throw new DanjiError('INVALID_VALUE', `an event's scope must be one of ${known}`);
}

interface Occurrence {
  readonly eventName: string;
  readonly data: unknown;
  readonly source: string;
}

function call({ handler, report }: Subscription, event: Occurrence): void {
  const fail = (cause: unknown): void => {
    const detail = `a handler of the event ${JSON.stringify(event.eventName)} threw`;
    try {
      report(new DanjiError('LISTENER_FAILED', detail, { key: event.eventName, cause }));
    } catch {
      // Who reports a failure must not keep the others from hearing the event.
    }
  };
  try {
    const returned: unknown = handler(event.data, event.source);
    if (returned instanceof Promise) returned.catch(fail);
  } catch (cause) {
    fail(cause);
  }
}

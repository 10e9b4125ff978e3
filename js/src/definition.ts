/**
 * Definitions: what a key is. `defineState` makes a typed handle that can be shared between
 * bundles as a contract; nothing happens until a store uses it.
 */
import { ByteWriter } from './bytes.js';
import { checkKey, checkValue } from './check.js';
import { DanjiError } from './errors.js';
import { permissionsProblem, permissionsText } from './permissions.js';
import { checkDefault, schemaProblem, schemaText, stateSchemaOf } from './schema.js';
import type { StateLifetime } from './storage-types.js';
import { parametersOf, strategyProblem } from './strategy-options.js';
import { StateScope, type StateDefinition, type StateHandle } from './types.js';
import { writeValue } from './wire-value.js';

const scopeNumbers = new Map<unknown, number>([
  [StateScope.PRIVATE, 0],
  [StateScope.BUILDING_SHARED, 1],
  [StateScope.APARTMENT_SHARED, 2],
  [StateScope.GLOBAL_SHARED, 3],
]);
const strategyNumbers = new Map<unknown, number>([
  ['last_write_wins', 0],
  ['first_write_wins', 1],
  ['merge', 2],
  ['sum', 3],
  ['user_resolve', 4],
]);
/** Of strategies that the application brings. */
const customStrategy = 5;
/** Added to the strategy's number when a contract follows (core/entry/definition.h). */
const hasContract = 128;
/** What a contract has; both together are their sum. */
const contractParts = { schema: 1, permissions: 2, lifetime: 4 } as const;
/** The number of the only lifetime besides memory that there is. */
const persistent = 2;

export type Plane = 'tab' | 'device' | 'server';
const planeNumbers = { tab: 0, device: 1, server: 2 } as const;

/**
 * A typed handle for one key.
 *
 * @example
 * const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: {} } });
 *
 * Throws `INVALID_KEY`, or `INVALID_DEFINITION` for an unknown scope or strategy or no default.
 */
export function defineState<T, const K extends string>(
  definition: StateDefinition<T, K>,
): StateHandle<T, K> {
  const spelled = spelledOut(definition);
  checkDefinition(spelled);
  // A spread would give each copy a shape of its own, and whatever looks at many would be slow.
  const copy: StateDefinition<T, K> = Object.assign({}, spelled);
  return Object.freeze({ key: spelled.key, definition: Object.freeze(copy) });
}

function refuse(key: string, what: string): never {
  throw new DanjiError('INVALID_DEFINITION', what, { key });
}

function checkDefinition(definition: StateDefinition): void {
  if (typeof definition !== 'object' || definition === null) {
    refuse('', 'a definition is an object');
  }
  const { key, scope, conflictResolution, crossTab, remote } = definition;
  checkKey(key);
  if (!scopeNumbers.has(scope)) {
    refuse(key, `'${String(scope)}' is no scope, such as private, building, apartment, global`);
  }
  if (conflictResolution !== undefined && typeof conflictResolution !== 'string') {
    refuse(key, 'conflictResolution is the name of a strategy');
  }
  if (crossTab !== undefined && typeof crossTab !== 'boolean') refuse(key, 'crossTab is a boolean');
  if (remote !== undefined && typeof remote !== 'boolean') refuse(key, 'remote is a boolean');
  if (remote === true && staysHere(definition)) {
    refuse(key, 'what is private, or stays in its tab, has no place at a server');
  }
  const flaw = lifetimeProblem(definition);
  if (flaw !== null) refuse(key, flaw);
  historyOf(definition);
  if (definition.default === undefined) refuse(key, 'a state has a default; null will do');
  if (typeof definition.default !== 'function') checkValue(definition.default, key);
  const problem = strategyProblem(definition) ?? permissionsProblem(definition);
  if (problem !== null) refuse(key, problem);
  const fault = schemaProblem(definition);
  if (fault !== null) refuse(key, fault);
}

/** Of each entry the core remembers at most so many versions (core/base/limits.h). */
const historyMax = 1000;

/** How many versions are to be kept. */
export function historyOf({ key, history }: StateDefinition): number {
  if (history === undefined || history === false) return 0;
  const limit: unknown = history?.limit;
  if (Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= historyMax) {
    return limit as number;
  }
  return refuse(key, `history is false, or { limit: 1 to ${historyMax} }`);
}

/** The name of a strategy that the application has to bring, or null. */
export function customStrategyOf({ conflictResolution }: StateDefinition): string | null {
  return conflictResolution === undefined || isBuiltin(conflictResolution)
    ? null
    : conflictResolution;
}

export function isBuiltin(strategy: string): boolean {
  return strategyNumbers.has(strategy);
}

/** Also for handles that were made without `defineState`. */
export function checkedDefault(definition: StateDefinition): unknown {
  checkDefinition(definition);
  let value: unknown = definition.default;
  if (typeof definition.default === 'function') {
    value = definition.default();
    if (value === undefined) refuse(definition.key, 'a state has a default; null will do');
    checkValue(value, definition.key);
  }
  checkDefault(definition, value);
  return value;
}

function staysHere({ scope, crossTab }: StateDefinition): boolean {
  return scope === StateScope.PRIVATE || crossTab === false;
}

function lifetimeProblem({ lifetime, scope, crossTab }: StateDefinition): string | null {
  if (lifetime === undefined || lifetime === 'memory' || lifetime === 'session') return null;
  if (lifetime !== 'persistent') {
    return `'${String(lifetime)}' is no lifetime: memory, session or persistent`;
  }
  const isOneTabs = crossTab === false && scope !== StateScope.PRIVATE;
  return isOneTabs ? 'what is shared inside one tab ends with it' : null;
}

export function isLasting({ lifetime }: StateDefinition): boolean {
  return lifetime === 'persistent';
}

/** It outlives the reload of its tab. */
export function isOfSession({ lifetime }: StateDefinition): boolean {
  return lifetime === 'session';
}

const shorthands = new Map<unknown, StateLifetime>([
  [StateScope.PERSISTENT, 'persistent'],
  [StateScope.EPHEMERAL, 'session'],
]);

/** The same without a shorthand for its scope. */
export function spelledOut<T, K extends string>(
  definition: StateDefinition<T, K>,
): StateDefinition<T, K> {
  const lifetime = shorthands.get(definition?.scope);
  if (lifetime === undefined) return definition;
  if (definition.lifetime !== undefined && definition.lifetime !== lifetime) {
    refuse(definition.key, `the scope '${definition.scope}' has the lifetime '${lifetime}'`);
  }
  return { ...definition, scope: StateScope.PRIVATE, lifetime };
}

/** `hasServer`: the manager has one, where what is shared lives unless its definition objects. */
export function planeOf(definition: StateDefinition, hasServer: boolean): Plane {
  if (staysHere(definition)) return 'tab';
  return (definition.remote ?? hasServer) ? 'server' : 'device';
}

/** A definition, and the plane that it means on this page. */
export interface Planned {
  readonly definition: StateDefinition;
  readonly plane: Plane;
}

/** The layout of core/entry/definition.h behind the key; behind a schema the default. */
export function definitionBytes(
  { definition, plane }: Planned,
  defaultValue: unknown,
): ByteWriter {
  const out = new ByteWriter();
  out.text(definition.key);
  out.u8(scopeNumbers.get(definition.scope) ?? 255);
  out.u8(planeNumbers[plane]);
  const { conflictResolution = 'last_write_wins' } = definition;
  const strategy = strategyNumbers.get(conflictResolution) ?? customStrategy;
  const schema = stateSchemaOf(definition);
  const permissions = permissionsText(definition);
  const parts =
    (schema === null ? 0 : contractParts.schema) +
    (permissions === '' ? 0 : contractParts.permissions) +
    (isLasting(definition) ? contractParts.lifetime : 0);
  out.u8(parts === 0 ? strategy : strategy + hasContract);
  out.text(parametersOf(definition, defaultValue));
  if (parts !== 0) out.u8(parts);
  if (schema !== null) {
    out.text(schema.version);
    out.text(schemaText(definition));
  }
  if (permissions !== '') out.text(permissions);
  if (isLasting(definition)) out.u8(persistent);
  if (schema !== null) writeValue(out, defaultValue);
  return out;
}

/** Where a unit stands: which spaces of each scope are its own. */
export interface Place {
  readonly unitId: string;
  readonly building: string;
  readonly apartment: string;
}

/** The address of the space in which a unit finds a key. */
export function addressOf({ definition, plane }: Planned, place: Place): string {
  const { apartment, building } = place;
  switch (definition.scope) {
    case StateScope.GLOBAL_SHARED:
      return `${plane}/global`;
    case StateScope.APARTMENT_SHARED:
      return `${plane}/apartment:${apartment}`;
    case StateScope.BUILDING_SHARED:
      return `${plane}/building:${apartment}/${building}`;
    default:
      return privateAddress(place);
  }
}

/** The address of what is a unit's alone. */
export function privateAddress({ apartment, building, unitId }: Place): string {
  return `tab/private:${apartment}/${building}/${unitId}`;
}

export function isHandle(key: unknown): key is StateHandle<unknown> {
  return typeof key === 'object' && key !== null && 'definition' in key;
}

/**
 * The page's definitions: one per key. The same definition again is the same registration; one
 * with another scope, plane or strategy is `DEFINITION_CLASH`. Two bundles that disagree about
 * the default only are told, and the first default stands for all, so that all read alike.
 */
import type { Bridge } from './bridge.js';
import { checkKey } from './check.js';
import {
  checkedDefault,
  customStrategyOf,
  definitionBytes,
  historyOf,
  isBuiltin,
  planeOf,
  spelledOut,
  type Plane,
} from './definition.js';
import { DanjiError } from './errors.js';
import type { StatePermissions } from './permission-types.js';
import { permissionsText } from './permissions.js';
import { schemaText, stateSchemaOf } from './schema.js';
import { share } from './share.js';
import type { ConflictStrategy } from './strategy-types.js';
import type { StateDefinition } from './types.js';
import { SchemaVersions } from './versions.js';

export interface Registration {
  readonly key: string;
  readonly definition: StateDefinition;
  readonly plane: Plane;
  /** Evaluated once, frozen; what readers see while nothing is written. */
  readonly defaultValue: unknown;
  /** The schema versions that this page's units brought. */
  readonly versions: SchemaVersions;
  /** Those that came with the highest of these versions. */
  permissions: StatePermissions | undefined;
  /** The application's own strategy for it. */
  readonly custom: ConflictStrategy | null;
  /** So many versions are kept, and undone. */
  readonly history: number;
  /** The core's number for it. */
  readonly id: number;
}

export class Registry {
  readonly #bridge: Bridge;
  readonly #report: (error: DanjiError) => void;
  readonly #hasServer: boolean;
  readonly #byKey = new Map<string, Registration>();
  /** Further definitions of a key: the first is in its registration. */
  readonly #known = new WeakSet<StateDefinition>();
  /** Some key has a schema. */
  hasSchemas = false;
  /** A unit brought another version of a key's schema. */
  onVersion: (registration: Registration) => void = () => {};
  /** The application's own, by name. */
  readonly strategies = new Map<string, ConflictStrategy>();

  constructor(bridge: Bridge, report: (error: DanjiError) => void, hasServer: boolean) {
    this.#bridge = bridge;
    this.#report = report;
    this.#hasServer = hasServer;
  }

  /** Throws `INVALID_DEFINITION` for a name that is taken, or for what is no strategy. */
  addStrategy(name: string, strategy: ConflictStrategy): void {
    const refuse = (what: string): never => {
      throw new DanjiError('INVALID_DEFINITION', what);
    };
    if (typeof name !== 'string' || name === '') refuse('a strategy has a name');
    if (isBuiltin(name)) refuse(`'${name}' is a strategy of Danji itself`);
    if (typeof strategy?.resolve !== 'function') refuse(`the strategy '${name}' has no resolve()`);
    const standing = this.strategies.get(name);
    if (standing !== undefined && standing.resolve !== strategy.resolve) {
      refuse(`a strategy '${name}' was registered before`);
    }
    this.strategies.set(name, strategy);
  }

  register(given: StateDefinition): Registration {
    const definition = spelledOut(given);
    const standing = this.#byKey.get(definition?.key);
    const isKnown = standing?.definition === definition || this.#known.has(definition);
    if (standing !== undefined && isKnown) return standing;
    const defaultValue = checkedDefault(definition);
    const custom = customStrategyOf(definition);
    if (custom !== null && !this.strategies.has(custom)) {
      const detail = `nobody registered the strategy '${custom}'`;
      throw new DanjiError('INVALID_DEFINITION', detail, { key: definition.key });
    }
    // The core compares: it throws when the key means something else on this page.
    const history = historyOf(definition);
    const plane = planeOf(definition, this.#hasServer);
    const bytes = definitionBytes({ definition, plane }, defaultValue);
    const id = this.#bridge.define(bytes, definition.key, history);
    this.hasSchemas ||= stateSchemaOf(definition) !== null;
    if (standing !== undefined) {
      this.#known.add(definition);
      this.#compare(standing, definition, defaultValue);
      return standing;
    }
    const strategy = custom === null ? null : (this.strategies.get(custom) ?? null);
    const { key } = definition;
    const versions = new SchemaVersions(key);
    versions.add(definition);
    const { permissions } = definition;
    // Without a spread, which would give each a shape of its own, and reads of many would be slow.
    const registration: Registration = {
      key, definition, plane, defaultValue, versions, permissions, custom: strategy, history, id,
    };
    this.#byKey.set(key, registration);
    return registration;
  }

  /** Throws `NOT_REGISTERED`. */
  get(key: string): Registration {
    const registration = this.#byKey.get(key);
    if (registration !== undefined) return registration;
    checkKey(key);
    throw new DanjiError('NOT_REGISTERED', `nobody registered '${key}' on this page`, { key });
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  #compare(standing: Registration, definition: StateDefinition, defaultValue: unknown): void {
    const { key, versions } = standing;
    const tell = (what: string): void => {
      const detail = `'${key}' was registered before with another ${what}, which stands`;
      this.#report(new DanjiError('OPTIONS_IGNORED', detail, { key }));
    };
    if (standing.history !== historyOf(definition)) tell('history');
    // Two versions of a schema may have two defaults: each unit sees its own.
    if (stateSchemaOf(definition)?.version === stateSchemaOf(standing.definition)?.version) {
      if (share(standing.defaultValue, defaultValue) !== standing.defaultValue) tell('default');
      if (schemaText(definition) !== schemaText(standing.definition)) tell('schema');
      const permissions = permissionsText(standing.definition);
      if (permissionsText(definition) !== permissions) tell('list of permissions');
    }
    const before = versions.highest;
    const isNews = versions.add(definition);
    if (versions.highest !== before) standing.permissions = definition.permissions;
    if (isNews) this.onVersion(standing);
  }
}

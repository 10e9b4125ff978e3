/**
 * The schema versions of one key on a page, and the ways between them. Each unit may bring its
 * own version; whoever brings the highest says how the key is kept.
 */
import { checkValue } from './check.js';
import { DanjiError } from './errors.js';
import { stateSchemaOf } from './schema.js';
import type { MigrationStep, StateSchema } from './schema-types.js';
import { share } from './share.js';
import type { StateDefinition } from './types.js';

type Change = (value: unknown) => unknown;

/** A way between two versions. */
interface Way {
  /** Null: from any lower one. */
  readonly from: string | null;
  readonly to: string;
  readonly up: Change;
  readonly down: Change | null;
}

/** Most keys have no schema: they share it. */
const noWays: readonly Way[] = [];

const same: Change = (value) => value;

/** Below, at or above zero as the core compares two versions; an empty one is below all. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = Number(left[i] ?? 0) - Number(right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export class SchemaVersions {
  readonly #key: string;
  #ways: readonly Way[] = noWays;
  /** The highest that a unit of this page brought; empty: none has a schema. */
  highest = '';

  constructor(key: string) {
    this.#key = key;
  }

  /** Grows when there may be another way than before. */
  get size(): number {
    return this.#ways.length;
  }

  /** True when there may be another way now. */
  add(definition: StateDefinition): boolean {
    const schema = stateSchemaOf(definition);
    if (schema === null) return false;
    this.#ways = [...this.#ways, ...waysOf(schema)];
    if (compareVersions(schema.version, this.highest) > 0) this.highest = schema.version;
    return true;
  }

  /** Whether values get from one version to the other. */
  leads(from: string, to: string): boolean {
    return this.#wayOf(from, to) !== null;
  }

  /**
   * A value of one version as the other has it, equal parts shared with `previous`, and frozen.
   * Throws `MIGRATION` when a step is missing, throws, or gives what is no value.
   */
  convert(value: unknown, from: string, to: string, previous?: unknown): unknown {
    const key = this.#key;
    const changes = this.#wayOf(from, to);
    const steps = `'${key}' from schema version ${from || 'none'} to ${to}`;
    if (changes === null) throw new DanjiError('MIGRATION', `no steps bring ${steps}`, { key });
    try {
      let result = value;
      for (const change of changes) result = change(result);
      if (result === value) return value;
      checkValue(result, key);
      return share(previous, result);
    } catch (cause) {
      throw new DanjiError('MIGRATION', `a step failed to bring ${steps}`, { key, cause });
    }
  }

  #wayOf(from: string, to: string): Change[] | null {
    const isUp = compareVersions(from, to) < 0;
    const changes: Change[] = [];
    for (let at = from; compareVersions(at, to) !== 0; ) {
      const way = isUp ? this.#wayUp(at, to) : this.#wayDown(at, to);
      // What was written before there were schemas may fit as it is.
      if (way === undefined) return at === '' && isUp ? changes : null;
      changes.push(isUp ? way.up : (way.down ?? same));
      at = isUp ? way.to : (way.from ?? to);
    }
    return changes;
  }

  /** The longest, and rather one that was made for this version. */
  #wayUp(at: string, to: string): Way | undefined {
    return this.#ways
      .filter((way) => compareVersions(way.to, at) > 0 && compareVersions(way.to, to) <= 0)
      .filter((way) => way.from === null || compareVersions(way.from, at) === 0)
      .sort((a, b) => Number(a.from === null) - Number(b.from === null) ||
        compareVersions(b.to, a.to))[0];
  }

  #wayDown(at: string, to: string): Way | undefined {
    return this.#ways
      .filter((way) => way.down !== null && compareVersions(way.to, at) === 0)
      .filter((way) => way.from === null || compareVersions(way.from, to) >= 0)
      .sort((a, b) => Number(a.from === null) - Number(b.from === null) ||
        compareVersions(a.from ?? '', b.from ?? ''))[0];
  }
}

function waysOf({ version, migration }: StateSchema): Way[] {
  if (migration === undefined) return [{ from: null, to: version, up: same, down: same }];
  if (typeof migration === 'function') {
    return [{ from: null, to: version, up: (value) => migration(value, version), down: null }];
  }
  const steps = [...migration].sort((a, b) => compareVersions(a.from, b.from));
  return steps.map(({ from, up, down }: MigrationStep, place) => {
    return { from, to: steps[place + 1]?.from ?? version, up, down: down ?? null };
  });
}

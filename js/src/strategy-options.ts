/**
 * What a definition says besides the name of its strategy: checked, and written as the core reads
 * it (core/entry/rules.h).
 */
import { DanjiError } from './errors.js';
import type { StateDefinition } from './types.js';

const digitsMax = 9;

/** What is wrong, for people; null when nothing is. */
export function strategyProblem({
  conflictResolution,
  sum,
  merge,
  default: standard,
}: StateDefinition): string | null {
  if (sum !== undefined && conflictResolution !== 'sum') return 'sum is for the strategy sum';
  if (merge !== undefined && conflictResolution !== 'merge') {
    return 'merge is for the strategy merge';
  }
  if (conflictResolution === 'sum') return sumProblem(sum ?? {}, standard);
  if (merge !== undefined) return mergeProblem(merge);
  return null;
}

function sumProblem(sum: NonNullable<StateDefinition['sum']>, standard: unknown): string | null {
  const { digits = 0, min, max } = sum;
  if (!Number.isInteger(digits) || digits < 0 || digits > digitsMax) {
    return `digits is a whole number from 0 to ${digitsMax}`;
  }
  for (const bound of [min, max]) {
    if (bound !== undefined && unitsOf(bound, digits) === null) {
      return `a bound of a sum is a number with at most ${digits} digits`;
    }
  }
  if (typeof standard === 'function') return null; // Its value is looked at when it is known.
  return baseProblem(standard, sum);
}

function baseProblem(
  standard: unknown,
  { digits = 0, min = -Infinity, max = Infinity }: NonNullable<StateDefinition['sum']>,
): string | null {
  if (typeof standard !== 'number' || unitsOf(standard, digits) === null) {
    return `the default of a sum is a number with at most ${digits} digits`;
  }
  return standard < min || standard > max ? 'the default of a sum is within its bounds' : null;
}

function mergeProblem({ depth, groups }: NonNullable<StateDefinition['merge']>): string | null {
  if (depth !== undefined && depth !== 'shallow' && depth !== 'deep') {
    return "depth is 'shallow' or 'deep'";
  }
  if (groups === undefined) return null;
  const isList = Array.isArray(groups) && groups.every((group) => Array.isArray(group));
  const areNames = isList && groups.flat().every((path) => typeof path === 'string' && path !== '');
  return areNames ? null : 'groups is a list of lists of field names';
}

/** How many units of the last digit a number has; null when it is no multiple of one. */
function unitsOf(value: unknown, digits: number): number | null {
  if (typeof value !== 'number') return null;
  const perOne = 10 ** digits;
  const units = Math.round(value * perOne);
  return Number.isSafeInteger(units) && units / perOne === value ? units : null;
}

/** What a sum is after an addition: to its last digit, so that 0.1 + 0.2 is 0.3. */
export function sumOf(present: unknown, delta: number, definition: StateDefinition): number {
  const { key, conflictResolution, sum } = definition;
  const digits = sum?.digits ?? 0;
  if (conflictResolution !== 'sum' || unitsOf(delta, digits) === null) {
    const detail = 'a number with as many digits can be added to a key with the strategy sum';
    throw new DanjiError('INVALID_VALUE', detail, { key });
  }
  const perOne = 10 ** digits;
  return Math.round(((present as number) + delta) * perOne) / perOne;
}

/** More of a default is not told: the first write then carries all its fields. */
const baseTextMax = 8000;

/**
 * The default, if it is an object, so that a first write is known by what it changes. What a
 * function gives may differ from tab to tab, and a definition must not.
 */
export function plainBaseOf({ default: standard }: StateDefinition): unknown {
  const isObject = typeof standard === 'object' && standard !== null && !Array.isArray(standard);
  if (!isObject) return null;
  const base = sorted(standard);
  return JSON.stringify(base).length > baseTextMax ? null : base;
}

/** Two bundles may spell one default in two orders. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]));
}

/** The JSON text that travels with the definition; the same for the same options. */
export function parametersOf(definition: StateDefinition, defaultValue: unknown): string {
  const { conflictResolution, sum, merge } = definition;
  switch (conflictResolution) {
    case undefined:
    case 'last_write_wins':
    case 'first_write_wins':
    case 'user_resolve':
      return '';
    case 'sum': {
      const { digits = 0, min, max } = sum ?? {};
      const base = unitsOf(defaultValue, digits);
      const bounds = {
        ...(min === undefined ? {} : { min: unitsOf(min, digits) }),
        ...(max === undefined ? {} : { max: unitsOf(max, digits) }),
      };
      return JSON.stringify({ sum: { digits, base, ...bounds } });
    }
    case 'merge': {
      const { depth = 'shallow', groups = [] } = merge ?? {};
      // Nor may it differ between the versions of a schema, and their defaults do.
      const base = definition.schema === undefined ? plainBaseOf(definition) : null;
      return JSON.stringify({ merge: { depth, groups, ...(base === null ? {} : { base }) } });
    }
    default:
      return JSON.stringify({ custom: conflictResolution });
  }
}

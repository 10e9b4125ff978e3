/**
 * Schemas of definitions: which kind one is, and the contract that travels for it
 * (core/entry/contract.h). What data says is checked by the core; what a library says, here.
 */
import { checkValue } from './check.js';
import { DanjiError } from './errors.js';
import { thawed } from './json.js';
import type { StandardIssue, StandardSchema, StateSchema } from './schema-types.js';
import type { StateDefinition } from './types.js';

/** The data form of a definition's schema, or null. */
export function stateSchemaOf({ schema }: StateDefinition): StateSchema | null {
  return schema === undefined || isStandard(schema) ? null : schema;
}

/** The schema of a library that a definition brings, or null. */
export function standardSchemaOf({ schema }: StateDefinition): StandardSchema | null {
  return schema !== undefined && isStandard(schema) ? schema : null;
}

/** Some libraries' schemas are functions. */
function isStandard(schema: object): schema is StandardSchema {
  return '~standard' in schema;
}

/** What is wrong with the form of a schema, for people; null when nothing is. */
export function schemaProblem({ schema }: StateDefinition): string | null {
  if (schema === undefined) return null;
  const isObject = typeof schema === 'object' && schema !== null && !Array.isArray(schema);
  if (!isObject && typeof schema !== 'function') return 'a schema is an object';
  if (isStandard(schema)) {
    return typeof schema['~standard']?.validate === 'function'
      ? null
      : 'a Standard Schema has a function ~standard.validate';
  }
  if (!isObject) return 'a schema is an object, or a Standard Schema';
  if (typeof schema.version !== 'string') return "a schema has a version, such as '1'";
  const { migration } = schema;
  if (migration === undefined || typeof migration === 'function') return null;
  const areSteps =
    Array.isArray(migration) &&
    migration.every(
      (step) =>
        typeof step?.from === 'string' &&
        typeof step.up === 'function' &&
        (step.down === undefined || typeof step.down === 'function'),
    );
  return areSteps ? null : 'migration is a function, or a list of steps { from, up, down }';
}

/** The JSON text of a schema as the core reads it; empty without one. */
export function schemaText(definition: StateDefinition): string {
  const schema = stateSchemaOf(definition);
  if (schema === null) return '';
  const { version, migration, ...words } = schema;
  const isOfObject = words.properties !== undefined || words.required !== undefined;
  const whole = words.type === undefined && isOfObject ? { type: 'object', ...words } : words;
  return JSON.stringify(bare(whole));
}

const forPeople = new Set(['title', 'description']);

/** Without the words that are for people; these may be names of properties, too. */
function bare(schema: unknown, isNames = false): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const words = Object.entries(schema)
    .filter(([word, inner]) => inner !== undefined && (isNames || !forPeople.has(word)))
    .map(([word, inner]) => {
      const isData = !isNames && word === 'enum';
      return [word, isData ? inner : bare(inner, !isNames && word === 'properties')];
    });
  return Object.fromEntries(words);
}

/** What the library makes of a value. Throws `VALIDATION` or `ASYNC_SCHEMA`. */
export function standardOutput(schema: StandardSchema, value: unknown, key: string): unknown {
  // Some libraries write into what they are given, and what is read from a store is frozen.
  const result = schema['~standard'].validate(thawed(value));
  if (isPromise(result)) {
    result.then(undefined, () => {}); // Nobody waits for it.
    const detail = `the schema of '${key}' answers later, and writes don't wait: use a sync one`;
    throw new DanjiError('ASYNC_SCHEMA', detail, { key });
  }
  if (result.issues === undefined) return result.value;
  const [first] = result.issues;
  const path = first === undefined ? '' : pathOf(first);
  const place = path === '' ? `the value of '${key}'` : `'${path}' in the value of '${key}'`;
  const detail = `${place}: ${first?.message ?? 'refused by its schema'}`;
  throw new DanjiError('VALIDATION', detail, { key, path, details: result.issues });
}

function isPromise(result: object): result is Promise<unknown> {
  return 'then' in result && typeof result.then === 'function';
}

function pathOf({ path = [] }: StandardIssue): string {
  return path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
}

/** The default of a key has to fit its own schema. What data says, the core looks at. */
export function checkDefault(definition: StateDefinition, value: unknown): void {
  const { key } = definition;
  const schema = standardSchemaOf(definition);
  if (schema === null) return;
  try {
    checkValue(standardOutput(schema, value, key), key);
  } catch (cause) {
    if (!(cause instanceof DanjiError) || cause.code === 'ASYNC_SCHEMA') throw cause;
    const detail = `the default does not fit the schema: ${cause.message}`;
    throw new DanjiError('INVALID_DEFINITION', detail, { key, path: cause.path, cause });
  }
}

/** The error of the core's words: a sentence, a JSON Pointer and a key, with a NUL between. */
export function mismatchError(detail: string): DanjiError {
  const [sentence = '', pointer = '', key = ''] = detail.split('\0');
  const path = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
  const place = path === '' ? `the value of '${key}'` : `'${path}' in the value of '${key}'`;
  return new DanjiError('VALIDATION', `${place}: ${sentence}`, { key, path });
}

/**
 * Dotted paths into a value: `items.0.price`; the empty path is the whole value.
 *
 * A path follows own fields only, so `constructor` or `__proto__` lead nowhere unless the
 * value has a field of that name. Where a step is missing, there is `undefined`. A field
 * whose own name contains a dot can't be reached.
 */
import { DanjiError } from './errors.js';
import { isContainer } from './json.js';

/** The steps of a path, for whoever reads the same path many times. */
export function parsePath(path: string): readonly string[] {
  if (typeof path !== 'string') {
    throw new DanjiError('INVALID_KEY', 'a path must be a string such as "items.0.price"');
  }
  return path === '' ? [] : path.split('.');
}

/** What is at `path` in `value`. */
export function readPath(value: unknown, path: string): unknown {
  return readSteps(value, parsePath(path));
}

/** What the parsed path leads to in `value`. */
export function readSteps(value: unknown, steps: readonly string[]): unknown {
  let here = value;
  for (const step of steps) {
    if (!isContainer(here) || !Object.hasOwn(here, step)) return undefined;
    here = here[step];
  }
  return here;
}

type Previous = [never, 0, 1, 2, 3];
/** Dotted paths into T, four levels deep. */
export type PathOf<T, D extends number = 4> = [D] extends [0]
  ? never
  : T extends readonly (infer U)[]
    ? `${number}` | `${number}.${PathOf<U, Previous[D]> & string}`
    : T extends object
      ? {
          [K in keyof T & string]:
            | K
            | (PathOf<T[K], Previous[D]> extends infer P
                ? P extends string
                  ? `${K}.${P}`
                  : never
                : never);
        }[keyof T & string]
      : never;
/** What is at a path; `undefined` when some step of it may be missing. */
export type PathValue<T, P extends string> = P extends `${infer A}.${infer B}`
  ? A extends keyof T
    ? PathValue<T[A], B>
    : T extends readonly (infer U)[]
      ? PathValue<U, B> | undefined
      : unknown
  : P extends keyof T
    ? T[P]
    : T extends readonly (infer U)[]
      ? U | undefined
      : unknown;

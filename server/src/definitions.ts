/**
 * The keys that a server knows: the same definitions as the pages', from the same file.
 */
import { pathToFileURL } from 'node:url';
import type { StateDefinition, StateHandle } from 'danji';

type Definition = StateDefinition<never>;

function isHandle(value: unknown): value is StateHandle<never> {
  return typeof value === 'object' && value !== null && 'definition' in value;
}

/** Those that live at a server: shared ones that do not object. */
export function definitionsOf(
  given: readonly (Definition | StateHandle<never>)[],
): readonly Definition[] {
  return given
    .map((one) => (isHandle(one) ? one.definition : one))
    .filter(({ scope, crossTab, remote }) => {
      return scope !== 'private' && crossTab !== false && remote !== false;
    });
}

/** Everything that a module exports and that is a handle made by `defineState`. */
export async function definitionsIn(file: string): Promise<readonly StateHandle<never>[]> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handles = Object.values(module).filter(isHandle);
  if (handles.length === 0) throw new TypeError(`${file} exports no state: see defineState`);
  return handles;
}

/** What is data in a definition: functions stay where they are. */
export function definitionData(definition: Definition): Record<string, unknown> {
  const standard: unknown = definition.default;
  const value: unknown =
    typeof standard === 'function' ? (standard as () => unknown)() : standard;
  const isLibrary = '~standard' in ((definition.schema as object | undefined) ?? {});
  return { ...definition, default: value, ...(isLibrary ? { schema: undefined } : {}) };
}

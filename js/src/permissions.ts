/**
 * Permissions: who may read and write a key, said by grants such as `unit:cart` or `role:staff`.
 * Writes are judged by the core, here and where the op is decided; reads end in the mirror, so
 * they are judged here.
 */
import { limits } from './json.js';
import type { StatePermissions } from './permission-types.js';
import { plainBaseOf } from './strategy-options.js';
import type { Place } from './definition.js';
import { DanjiError } from './errors.js';
import type { StateDefinition } from './types.js';

const grantPattern = /^[A-Za-z0-9._-]{1,64}:[A-Za-z0-9._-]{1,64}$/;

function isGrant(grant: unknown): boolean {
  return typeof grant === 'string' && grantPattern.test(grant);
}

function isList(list: unknown): boolean {
  return list === undefined || list === '*' || (Array.isArray(list) && list.every(isGrant));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong, for people; null when nothing is. */
export function permissionsProblem({ permissions }: StateDefinition): string | null {
  if (permissions === undefined) return null;
  if (!isObject(permissions)) return 'permissions is an object with read, write and paths';
  const { read, write, paths = {}, ...others } = permissions as StatePermissions;
  const unknown = Object.keys(others)[0];
  // A rule that nobody keeps would be worse than none.
  if (unknown !== undefined) return `permissions has no '${unknown}': read, write and paths`;
  const rule = "'*' or a list of grants, such as 'unit:cart' or 'role:staff'";
  if (!isList(read)) return `read is ${rule}`;
  if (!isList(write)) return `write is ${rule}`;
  if (!isObject(paths)) return 'paths is an object: a path, and who may write there';
  for (const [path, inner] of Object.entries(paths)) {
    const names = isObject(inner) ? Object.keys(inner) : [];
    const isRule = isObject(inner) && names.every((name) => name === 'write');
    if (path === '' || !isRule || !isList(inner['write'])) {
      return `paths has '${path}': { write }, where write is ${rule}`;
    }
  }
  return null;
}

function listOf(list: readonly string[] | '*' | undefined): string[] | undefined {
  return list === undefined || list === '*' ? undefined : [...new Set(list)].sort();
}

/** The JSON text of core/entry/permissions.h; empty: everybody may do everything. */
export function permissionsText(definition: StateDefinition): string {
  const { permissions } = definition;
  if (permissions === undefined) return '';
  const write = listOf(permissions.write);
  const paths = Object.entries(permissions.paths ?? {})
    .filter(([, rule]) => listOf(rule.write) !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, rule]) => [path, { write: listOf(rule.write) }] as const);
  const base = paths.length > 0 ? plainBaseOf(definition) : null;
  const text = JSON.stringify({
    read: listOf(permissions.read),
    write,
    paths: paths.length > 0 ? Object.fromEntries(paths) : undefined,
    base: base ?? undefined,
  });
  if (text.length > limits.contractTextMax) {
    const detail = 'its permissions are too long';
    throw new DanjiError('INVALID_DEFINITION', detail, { key: definition.key });
  }
  return text === '{}' ? '' : text;
}

export function isReadable(
  permissions: StatePermissions | undefined,
  grants: ReadonlySet<string>,
): boolean {
  const read = permissions?.read;
  return read === undefined || read === '*' || read.some((grant) => grants.has(grant));
}

/** What a unit may call itself: what its place says, and what it was given. */
export class UnitGrants {
  readonly place: Place;
  readonly #all: ReadonlySet<string>;
  /** As core/entry/grants.h has it; the unit's name goes along by itself. */
  readonly text: string;

  /** Throws `INVALID_VALUE` for what is no grant. */
  constructor(place: Place, given: readonly string[] = []) {
    const { unitId, building, apartment } = (this.place = place);
    const wrong = Array.isArray(given) ? given.find((grant) => !isGrant(grant)) : given;
    if (wrong !== undefined) {
      const shown = JSON.stringify(wrong);
      throw new DanjiError('INVALID_VALUE', `${shown} is no grant: one is like 'role:staff'`);
    }
    const own = `unit:${unitId}`;
    const others = new Set([`building:${building}`, `apartment:${apartment}`, ...given]);
    others.delete(own);
    this.text = [...others].sort().join(' ');
    if (this.text.length > limits.grantsTextMax) {
      throw new DanjiError('INVALID_VALUE', `more than ${limits.grantsTextMax} bytes of grants`);
    }
    this.#all = others.add(own);
  }

  get list(): readonly string[] {
    return [...this.#all].sort();
  }

  mayRead(permissions: StatePermissions | undefined): boolean {
    return isReadable(permissions, this.#all);
  }
}

/**
 * Where the units of a framework's providers and hooks come from: a provider's description, or
 * the page.
 */
import { DanjiError } from './errors.js';
import { defaultManager } from './kernel.js';
import type { UnifiedStateManager, UnitStateStore } from './types.js';

/** A unit by its id, held while the provider lives. */
export interface NamedUnit {
  readonly unitId: string;
  /** Default: where the unit around this one is, else `main`. */
  readonly building?: string | undefined;
  readonly apartment?: string | undefined;
  /** What it may call itself besides, such as `role:staff`; `unit.setGrants` changes that. */
  readonly grants?: readonly string[] | undefined;
  /** Default: the manager of the unit around this one, else the page's. */
  readonly manager?: UnifiedStateManager | undefined;
}

type Without<Names extends string> = { readonly [Name in Names]?: never };

/** A unit by its id, or a store that you own and dispose yourself. */
export type UnitSource =
  | (NamedUnit & Without<'unit'>)
  | ({ readonly unit: UnitStateStore } & Without<keyof NamedUnit>);

/**
 * Takes one count of the named unit. What it does not say, manager and place, it has of the unit
 * around it; but a unit that is alive stays where it is.
 */
export function openUnit(name: NamedUnit, outer: UnitStateStore | null): UnitStateStore {
  const { unitId, building, apartment, grants } = name;
  const { manager = outer?.manager ?? defaultManager() } = name;
  const said = {
    ...(building !== undefined && { building }),
    ...(apartment !== undefined && { apartment }),
    ...(grants !== undefined && { grants }),
  };
  // Another manager's places are other places, and so are the buildings of another apartment.
  const isNear = outer?.manager === manager && (apartment ?? outer.apartment) === outer.apartment;
  if (!isNear) return manager.createUnitStateStore(unitId, said);
  try {
    const { building, apartment } = outer;
    return manager.createUnitStateStore(unitId, { building, apartment, ...said });
  } catch (error) {
    if (!(error instanceof DanjiError) || error.code !== 'UNIT_CLASH') throw error;
    return manager.createUnitStateStore(unitId, said);
  }
}

let pageUnit: UnitStateStore | null = null;

/** The unit of whoever named none: `default` on the page's manager, for the life of the page. */
export function openPageUnit(): UnitStateStore {
  if (pageUnit === null || pageUnit.disposed) {
    pageUnit = defaultManager().createUnitStateStore('default');
  }
  return pageUnit;
}

/**
 * Where units come from: a provider's description, or the page. The same text in react/, vue/
 * and svelte/.
 */
import { defaultManager, type UnifiedStateManager, type UnitStateStore } from 'danji';

/** A unit by its id, held while the provider lives. */
export interface NamedUnit {
  readonly unitId: string;
  readonly building?: string | undefined;
  readonly apartment?: string | undefined;
  /** Default: the manager of the unit around this one, else the page's. */
  readonly manager?: UnifiedStateManager | undefined;
}

type Without<Names extends string> = { readonly [Name in Names]?: never };

/** A unit by its id, or a store that you own and dispose yourself. */
export type UnitSource =
  | (NamedUnit & Without<'unit'>)
  | ({ readonly unit: UnitStateStore } & Without<keyof NamedUnit>);

/** Takes one count of the named unit. */
export function openUnit(name: NamedUnit, outer: UnitStateStore | null): UnitStateStore {
  const { unitId, building, apartment, manager = outer?.manager ?? defaultManager() } = name;
  return manager.createUnitStateStore(unitId, {
    ...(building !== undefined && { building }),
    ...(apartment !== undefined && { apartment }),
  });
}

let pageUnit: UnitStateStore | null = null;

/** The unit of whoever named none: `default` on the page's manager, for the life of the page. */
export function openPageUnit(): UnitStateStore {
  if (pageUnit === null || pageUnit.disposed) {
    pageUnit = defaultManager().createUnitStateStore('default');
  }
  return pageUnit;
}

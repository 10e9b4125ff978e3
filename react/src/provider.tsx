/**
 * The unit that the hooks speak for, and the provider that names it.
 *
 * The provider keeps its unit in an insertion effect: StrictMode's second mount and a hidden
 * `<Activity>` run the other effects again but not this one, so the unit and its private
 * state live exactly as long as the component does.
 */
import { createContext, useContext, useEffect, useInsertionEffect, useMemo, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { openPageUnit, openUnit, type UnitSource, type UnitStateStore } from 'danji';
import { UnitHold } from './unit-hold.js';

export type UnitProviderProps = UnitSource & { readonly children?: ReactNode };

const UnitContext = createContext<UnitStateStore | null>(null);

/**
 * Gives everything below it a unit: one named by its id, held while the provider is mounted,
 * or a store that you own. The same id is the same unit, in however many providers.
 *
 * @example
 * <UnitProvider unitId="header"><Header /></UnitProvider>
 */
export function UnitProvider(props: UnitProviderProps): ReactElement {
  const outer = useContext(UnitContext);
  const { unit, unitId, building, apartment, grants, manager } = props;
  const [attempt, openAgain] = useState(0);
  const hold = useMemo(() => {
    if (unitId === undefined) return null;
    return new UnitHold(() => openUnit({ unitId, building, apartment, grants, manager }, outer));
    // Not by grants: a unit keeps those that it was made with, until setGrants.
  }, [unitId, building, apartment, manager, outer, attempt]);
  useInsertionEffect(() => {
    hold?.keep();
    return () => hold?.release();
  }, [hold]);
  // So long between render and commit that the hold had let go.
  useEffect(() => {
    if (hold?.unit.disposed) openAgain((count) => count + 1);
  }, [hold]);
  const provided = unit ?? hold?.unit ?? null;
  return <UnitContext.Provider value={provided}>{props.children}</UnitContext.Provider>;
}

/** The unit given, else the nearest provider's, else the page's unit `default`. */
export function useUnit(unit?: UnitStateStore): UnitStateStore {
  const nearest = useContext(UnitContext);
  return unit ?? nearest ?? openPageUnit();
}

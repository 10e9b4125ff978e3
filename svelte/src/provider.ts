/**
 * The unit that the stores and runes speak for: by `provideUnit` in a component, or, where
 * that was not done and outside of components, the page's unit `default`.
 */
import { getContext, onDestroy, setContext } from 'svelte';
import { openPageUnit, openUnit, type UnitSource, type UnitStateStore } from 'danji';

/** By name, so that two copies of this package in one app know each other's units. */
const unitKey = Symbol.for('danji.svelte.unit');

/**
 * Gives this component and everything below it a unit. A unit named by its id is held until
 * the component is destroyed. Call it while the component starts.
 *
 * @example
 * provideUnit({ unitId: 'cart', building: 'shopping' });
 */
export function provideUnit(source: UnitSource): UnitStateStore {
  const unit = source.unit ?? openUnit(source, nearestUnit());
  setContext(unitKey, unit);
  if (source.unit === undefined) onDestroy(() => unit.dispose());
  return unit;
}

/** The unit given, else the nearest one provided, else the page's unit `default`. */
export function useUnit(unit?: UnitStateStore): UnitStateStore {
  return unit ?? nearestUnit() ?? openPageUnit();
}

function nearestUnit(): UnitStateStore | null {
  try {
    return getContext<UnitStateStore | undefined>(unitKey) ?? null;
  } catch {
    // Svelte throws where no component is starting, and has no way to ask before.
    return null;
  }
}

/**
 * The unit that the composables speak for: by `app.use`, by `provideUnit` in a component, or,
 * where neither was done and outside of components, the page's unit `default`.
 */
import { getCurrentInstance, hasInjectionContext, inject, onUnmounted, provide } from 'vue';
import type { ComponentInternalInstance, InjectionKey } from 'vue';
import { openPageUnit, openUnit, type UnitSource, type UnitStateStore } from 'danji';

/** By name, so that two copies of this package in one app know each other's units. */
export const unitKey: InjectionKey<UnitStateStore> = Symbol.for('danji.vue.unit');
/** `inject` does not see what the component itself provides. */
const ownUnits = new WeakMap<ComponentInternalInstance, UnitStateStore>();

/**
 * Gives this component and everything below it a unit. A unit named by its id is held until
 * the component is unmounted.
 *
 * @example
 * provideUnit({ unitId: 'catalogue', building: 'shopping' });
 */
export function provideUnit(source: UnitSource): UnitStateStore {
  const unit = source.unit ?? openUnit(source, nearestUnit());
  const component = getCurrentInstance();
  if (component !== null) ownUnits.set(component, unit);
  provide(unitKey, unit);
  // The children's `onUnmounted` come first, so they can still write a last value.
  if (source.unit === undefined) onUnmounted(() => unit.dispose());
  return unit;
}

/** The unit given, else the nearest one provided, else the page's unit `default`. */
export function useUnit(unit?: UnitStateStore): UnitStateStore {
  return unit ?? nearestUnit() ?? openPageUnit();
}

function nearestUnit(): UnitStateStore | null {
  const component = getCurrentInstance();
  const own = component === null ? undefined : ownUnits.get(component);
  return own ?? (hasInjectionContext() ? inject(unitKey, null) : null);
}

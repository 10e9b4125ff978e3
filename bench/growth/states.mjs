// The smallest thing to share: one number under one key.
import { StateScope, defineState } from 'danji';

export function oneKey() {
  const state = defineState({ key: 'count', scope: StateScope.APARTMENT_SHARED, default: 0 });
  return { states: [state], unitsOf: (manager) => [manager.createUnitStateStore('first')] };
}

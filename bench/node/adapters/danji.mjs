// Danji as its README shows it: handles, one unit, all options left at their defaults.
import { createStateManager, defineState, StateScope } from 'danji';

export const name = 'danji';

export function open(keys, initial) {
  const manager = createStateManager();
  const unit = manager.createUnitStateStore('bench');
  const scope = StateScope.APARTMENT_SHARED;
  const states = keys.map((key) => defineState({ key, scope, default: initial }));
  return {
    read: (place) => unit.getState(states[place]),
    set: (place, value) => unit.setState(states[place], value),
    setAll(values) {
      unit.batch(() => {
        for (let place = 0; place < values.length; place++) {
          unit.setState(states[place], values[place]);
        }
      });
    },
    subscribe: (place, listener) => unit.subscribe(states[place], listener),
    close: () => manager.close(),
  };
}

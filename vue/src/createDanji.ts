/**
 * The Vue plugin: one unit for a whole app.
 */
import type { App, Plugin } from 'vue';
import { openUnit, type UnitSource } from 'danji';
import { unitKey } from './provider.js';

/**
 * Gives every component of the app a unit. A unit named by its id is held until the app is
 * unmounted; on a server, where apps never are, pass the request's own `manager` or `unit`.
 *
 * @example
 * createApp(Catalogue).use(createDanji({ unitId: 'catalogue' })).mount('#catalogue');
 */
export function createDanji(source: UnitSource): Plugin {
  return {
    install(app: App): void {
      if (source.unit !== undefined) {
        app.provide(unitKey, source.unit);
        return;
      }
      const unit = openUnit(source, null);
      app.provide(unitKey, unit);
      const unmount = app.unmount;
      app.unmount = () => {
        app.unmount = unmount;
        unmount();
        unit.dispose();
      };
    },
  };
}

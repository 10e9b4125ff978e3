/**
 * `danji/vue`: Danji's state as Vue composables.
 *
 * Everything works without set-up, on a unit named `default`; `app.use(createDanji(...))` or
 * `provideUnit` gives an app or a part of it a unit of its own. Vue 3.3 and newer, also on a
 * server.
 */
export { createDanji } from './createDanji.js';
export { provideUnit, useUnit } from './provider.js';
export type { UnitSource } from 'danji';
export { useSharedState } from './useSharedState.js';
export type { UseSharedStateOptions } from './resolve-state.js';
export type { SetSharedState, SharedState } from './connect-state.js';
export { useSharedRef } from './useSharedRef.js';
export { useSharedSelector } from './useSharedSelector.js';
export { useContainerEvent } from './useContainerEvent.js';
export type { EmitContainerEvent } from './useContainerEvent.js';

/**
 * `danji/svelte`: Danji's state as Svelte stores and runes.
 *
 * Everything works without set-up, on a unit named `default`; `provideUnit` gives a component
 * and what is below it a unit of its own. Svelte 5.7 and newer, also on a server.
 */
export { provideUnit, useUnit } from './provider.js';
export type { UnitSource } from 'danji';
export { createSharedStore } from './createSharedStore.js';
export type { SharedStore } from './createSharedStore.js';
export { sharedState } from './sharedState.js';
export { useSharedState } from './useSharedState.js';
export type { SharedState } from './sharedState.js';
export type { UseSharedStateOptions } from './resolve-state.js';
export { useSharedSelector } from './useSharedSelector.js';
export { useContainerEvent } from './useContainerEvent.js';
export type { EmitContainerEvent } from './useContainerEvent.js';

/**
 * `danji/react`: Danji's state as React hooks.
 *
 * Everything works without a provider, on a unit named `default`; a `UnitProvider` gives a
 * part of the page a unit of its own. React 18 and newer, StrictMode and server rendering.
 */
export { UnitProvider, useUnit } from './provider.js';
export type { UnitProviderProps } from './provider.js';
export type { UnitSource } from 'danji';
export { useSharedState } from './useSharedState.js';
export type { SetSharedState, SharedState } from './useSharedState.js';
export type { UseSharedStateOptions } from './watch-state.js';
export { useSharedSelector } from './useSharedSelector.js';
export { useContainerEvent } from './useContainerEvent.js';
export type { EmitContainerEvent } from './useContainerEvent.js';

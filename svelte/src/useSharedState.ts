/**
 * `sharedState` under the name it has in the other frameworks.
 */
export { sharedState as useSharedState, type SharedState } from './sharedState.js';

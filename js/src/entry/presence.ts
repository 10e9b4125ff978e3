/**
 * `danji/presence`: who else is here now. It brings no engine: the manager that is given does.
 */
export { presence, type Presence, type PresenceOptions } from '../presence.js';

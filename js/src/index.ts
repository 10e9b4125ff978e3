/**
 * Everything public, without an engine: the entry points add one each.
 */
export type * from './connection-types.js';
export { defineState } from './definition.js';
export { DanjiError, errorCodes, type ErrorCode } from './errors.js';
export { createStateManager, createUnitStateStore, defaultManager } from './kernel.js';
export type * from './outbox-types.js';
export { openPageUnit, openUnit, type NamedUnit, type UnitSource } from './open-unit.js';
export type { PathOf, PathValue } from './path.js';
export type * from './permission-types.js';
export { retryOnConflict } from './retry.js';
export type * from './room-types.js';
export type * from './schema-types.js';
export type * from './memory-types.js';
export type * from './storage/adapter-types.js';
export type * from './storage-types.js';
export type * from './strategy-types.js';
export * from './types.js';

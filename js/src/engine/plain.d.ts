/**
 * Written by the build: the core as plain JavaScript. Every call gives the exports of a fresh
 * instance.
 */
export function instantiate(): unknown;

/**
 * `danji/js`: everything, with the same core compiled to plain JavaScript, for pages whose
 * content security policy forbids WebAssembly. Alias `danji` to it in the bundler.
 */
import { instantiate } from '../engine/plain.js';
import { useEngine } from '../kernel.js';
import { startCore } from '../load.js';

useEngine({ kind: 'js', load: () => startCore(instantiate()) });

export * from '../index.js';

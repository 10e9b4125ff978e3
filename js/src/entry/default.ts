/**
 * `danji`: everything, with the core inside. The WebAssembly travels in the module as text, one
 * character per byte, and is compiled synchronously when the first manager is made.
 */
import { wasmChecksum, wasmLength, wasmText } from '../engine/wasm-text.js';
import { decodeModule } from '../engine/decode.js';
import { useEngine } from '../kernel.js';
import { wasmLoader, type CoreExports } from '../load.js';

let load: (() => CoreExports) | undefined;

useEngine({
  kind: 'wasm',
  load: () => {
    load ??= wasmLoader(decodeModule(wasmText, wasmLength, wasmChecksum)).load;
    return load();
  },
});

export * from '../index.js';

/**
 * `danji/slim`: everything but the WebAssembly, which the page brings itself: call `loadCore`
 * before the first manager is made. Alias `danji` to it in the bundler.
 */
import { useEngine } from '../kernel.js';
import { wasmLoader } from '../load.js';

/**
 * Takes the core as bytes or as a module (then it is there when the call returns), or from an
 * address or a response (then when the promise resolves). Bytes over 8 MB and other bytes than
 * `danji/danji.wasm` of this version are not for this door.
 *
 * @example
 * await loadCore(new URL('danji/danji.wasm', import.meta.url));
 */
export function loadCore(
  source: URL | string | Response | BufferSource | WebAssembly.Module,
): Promise<void> {
  if (source instanceof WebAssembly.Module) {
    useEngine(wasmLoader(source));
    return Promise.resolve();
  }
  if (typeof source === 'string' || source instanceof URL || source instanceof Response) {
    return loadFrom(source);
  }
  useEngine(wasmLoader(new WebAssembly.Module(source)));
  return Promise.resolve();
}

async function loadFrom(source: URL | string | Response): Promise<void> {
  const response = source instanceof Response ? source : await fetch(source);
  const bytes = await response.arrayBuffer();
  useEngine(wasmLoader(await WebAssembly.compile(bytes)));
}

export * from '../index.js';

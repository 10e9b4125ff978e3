/** Written by the build: the core's WebAssembly, one character per byte, masked. */
export const wasmText: string;
export const wasmLength: number;
/** FNV-1a, 32 bits, unsigned. */
export const wasmChecksum: number;

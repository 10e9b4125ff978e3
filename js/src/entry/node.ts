/**
 * `danji/node`: what only Node has.
 */
export { fileStorage, type FileStorageOptions } from '../storage/file/file.js';

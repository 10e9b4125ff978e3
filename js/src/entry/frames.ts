/**
 * `danji/frames`: states for frames of other origins, which the page does not trust. It brings no
 * engine: the page's units do, and the frame needs none.
 */
export { openFrameBroker, type FrameBroker, type FrameGrants } from '../frame-broker.js';
export { connectToPage, type PageLink, type PageLinkOptions } from '../frame-guest.js';

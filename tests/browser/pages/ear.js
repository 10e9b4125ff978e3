// Hears every frame on the channel, and posts whatever a test wants there: `window.ear`.

const namespace = new URLSearchParams(location.search).get('namespace') ?? 'default';
const channel = new BroadcastChannel(`danji/1/${namespace}/`);
const frames = [];

const toBase64 = (bytes) => {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
};
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

channel.onmessage = ({ data }) => frames.push(data);

window.ear = {
  count: () => frames.length,
  /** All frames so far, as base64. */
  frames: () => frames.map(toBase64),
  post: (list) => list.forEach((text) => channel.postMessage(fromBase64(text))),
  /** Things that are no bytes at all. Returns how many. */
  postNonsense: () => {
    const things = ['DNJ1', 7, null, undefined, true, {}, [], ['a'], new ArrayBuffer(16), new Blob(['a'])];
    things.push(new Map([[1, 2]]), new Date(0), new Float64Array(2), new Uint8ClampedArray(16));
    for (const thing of things) channel.postMessage(thing);
    return things.length;
  },
};

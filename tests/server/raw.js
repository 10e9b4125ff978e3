// A client that speaks the protocol by hand, to say what no client says.
import { once } from 'node:events';
import { WebSocket, atEnd } from './harness.js';

/** A socket with everything that came: `texts`, `frames`, and `code` once it is closed. */
export async function openSocket(url, options = {}) {
  const socket = new WebSocket(`${url}/v1/sync`, options);
  atEnd(() => socket.terminate());
  const heard = { texts: [], frames: [], code: null };
  socket.on('message', (data, isBinary) => {
    if (isBinary) heard.frames.push(data);
    else heard.texts.push(data.toString());
  });
  socket.on('close', (code) => (heard.code = code));
  socket.on('error', () => {});
  await once(socket, 'open');
  return { socket, heard, say: (text) => socket.send(JSON.stringify(text)) };
}

/** The status that the server answers instead of a socket. */
export async function refusalOf(url, options) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  atEnd(() => socket.terminate());
  const opened = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode);
  return Promise.race([opened, refused]);
}

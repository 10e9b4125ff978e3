// WebSockets for clients of libraries that make them by themselves.
import { once } from 'node:events';
import { WebSocket } from 'ws';

export async function opened(socket) {
  if (socket.readyState !== WebSocket.OPEN) await once(socket, 'open');
}

/** A class for one client, and what its sockets have read. */
export function countedSocket() {
  const sockets = [];
  class Counted extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  }
  const bytesRead = () =>
    sockets.reduce((sum, socket) => sum + (socket._socket?.bytesRead ?? 0), 0);
  return { Counted, bytesRead };
}

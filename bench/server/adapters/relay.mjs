// The floor: a server that hands each message on to the others, and keeps nothing.
import { WebSocket, WebSocketServer } from 'ws';
import { opened } from '../sockets.mjs';

export const name = 'bare relay';
export const keeps = false;

export async function serve({ port }) {
  const server = new WebSocketServer({ port });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      for (const other of server.clients) if (other !== socket) other.send(data);
    });
  });
}

export async function connect(url) {
  const socket = new WebSocket(url);
  const values = new Map();
  const listeners = new Map();
  socket.on('message', (data) => {
    const { key, value } = JSON.parse(data);
    values.set(key, value);
    listeners.get(key)?.(value);
  });
  await opened(socket);
  return {
    room: null,
    set(key, value) {
      values.set(key, value);
      listeners.get(key)?.(value);
      socket.send(JSON.stringify({ key, value }));
    },
    get: (key) => values.get(key),
    subscribe: (key, listener) => void listeners.set(key, listener),
    bytesRead: () => socket._socket.bytesRead,
    close: async () => socket.terminate(),
  };
}

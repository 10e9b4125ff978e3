// Socket.IO as a relay. It acknowledges what the server has heard; nobody keeps it.
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

export const name = 'Socket.IO';
export const acknowledges = true;

export async function serve({ port }) {
  const server = new Server(port, { serveClient: false });
  server.on('connection', (socket) => {
    socket.on('set', (key, value, acknowledge) => {
      socket.broadcast.emit('set', key, value);
      acknowledge?.();
    });
  });
}

export async function connect(url) {
  const socket = io(url.replace('ws:', 'http:'), { transports: ['websocket'], forceNew: true });
  const values = new Map();
  const listeners = new Map();
  const take = (key, value) => {
    values.set(key, value);
    listeners.get(key)?.(value);
  };
  socket.on('set', take);
  await new Promise((resolve) => socket.on('connect', resolve));
  return {
    room: null,
    set(key, value) {
      take(key, value);
      return new Promise((resolve) => socket.emit('set', key, value, resolve));
    },
    get: (key) => values.get(key),
    subscribe: (key, listener) => void listeners.set(key, listener),
    bytesRead: () => socket.io.engine.transport.ws._socket.bytesRead,
    close: async () => void socket.close(),
  };
}

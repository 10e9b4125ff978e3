// The network of the chaos: a proxy before a port that people on the way can do bad things to. What
// is on a connection is never altered: it comes late, not at all from some moment on, or the
// connection is cut.
import { connect, createServer } from 'node:net';

/** One direction of a connection. */
class Way {
  #to;
  #queue = Promise.resolve();
  delayMillis = 0;
  isDead = false;

  constructor(from, to) {
    this.#to = to;
    from.on('data', (bytes) => this.#carry(bytes));
  }

  /** What is delayed delays what comes after it. */
  #carry(bytes) {
    const { delayMillis } = this;
    this.#queue = this.#queue.then(async () => {
      if (delayMillis > 0) await new Promise((resolve) => setTimeout(resolve, delayMillis));
      if (!this.isDead && !this.#to.destroyed) this.#to.write(bytes);
    });
  }
}

/**
 * A connection that just ends as it begins makes the fetch of some Nodes wait for ever, so it ends
 * with what nobody understands. Resetting it instead would leave a socket that is just ending open
 * for ever, and this process with it: the handle refuses, and counts as closed.
 */
function refuse(socket) {
  if (socket.bytesWritten === 0 && socket.writable) socket.write('nobody is here\r\n\r\n');
  socket.destroySoon();
}

export class Network {
  #servers = [];
  #isOpen = true;
  #connections = new Set();
  counts = { refused: 0, cut: 0, dropped: 0, 'one way': 0, delayed: 0 };

  /** Listens, and carries to what `portOf` answers. */
  async listen(portOf) {
    const server = createServer((near) => {
      near.on('error', () => {});
      if (!this.#isOpen) return this.#refuse(near);
      const far = connect(portOf(), '127.0.0.1');
      const connection = { near, far, up: new Way(near, far), down: new Way(far, near) };
      this.#connections.add(connection);
      const end = () => this.#end(connection);
      far.on('error', () => refuse(near));
      far.on('close', end);
      near.on('close', end);
      return undefined;
    });
    this.#servers.push(server);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server.address().port;
  }

  #refuse(near) {
    this.counts.refused++;
    refuse(near);
  }

  #end(connection) {
    this.#connections.delete(connection);
    connection.near.destroy();
    connection.far.destroy();
  }

  /** Lets nobody through that is not through yet. */
  shut() {
    this.#isOpen = false;
  }
  open() {
    this.#isOpen = true;
  }

  /**
   * Does something to the connections that `isMeant`, until the answer is called: then those that
   * can't go on are cut, as a network does that has found its way again.
   */
  disturb(kind, isMeant) {
    const some = [...this.#connections].filter(isMeant);
    this.counts[kind] += some.length;
    for (const connection of some) {
      const { up, down } = connection;
      if (kind === 'cut') this.#end(connection);
      if (kind === 'dropped') up.isDead = down.isDead = true;
      if (kind === 'one way') up.isDead = true;
      if (kind === 'delayed') up.delayMillis = down.delayMillis = 80;
    }
    return () => {
      for (const connection of some) {
        connection.up.delayMillis = connection.down.delayMillis = 0;
        if (connection.up.isDead || connection.down.isDead) this.#end(connection);
      }
    };
  }

  close() {
    for (const connection of [...this.#connections]) this.#end(connection);
    for (const server of this.#servers) server.close();
  }
}

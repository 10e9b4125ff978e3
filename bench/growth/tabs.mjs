// Tabs of one browser, in one process: a core each, and a channel that carries what one posts to
// all others when it is told to.
import { setImmediate as nextTask } from 'node:timers/promises';
import '../replicas/adapters/locks.mjs';

const { createStateManager } = await import('danji');

/** What is on its way between tabs. */
class Channel {
  #frames = [];
  #receivers = [];

  adapter() {
    const own = this.#receivers.length;
    this.#receivers.push(() => {});
    return {
      post: (bytes) => void this.#frames.push({ from: own, bytes: bytes.slice() }),
      onMessage: (receive) => {
        this.#receivers[own] = receive;
        return () => (this.#receivers[own] = () => {});
      },
      close() {},
    };
  }

  /** Hands over what was posted; false when there was nothing. */
  carry() {
    const frames = this.#frames.splice(0);
    for (const { from, bytes } of frames) {
      this.#receivers.forEach((receive, to) => to !== from && receive(bytes));
    }
    return frames.length > 0;
  }

  /** Until nothing is on its way. */
  async calm() {
    for (let quiet = 0; quiet < 3; quiet++) {
      await nextTask();
      while (this.carry()) {
        quiet = 0;
        await nextTask();
      }
    }
  }
}

/** A tab that has nobody to tell. */
export const openAlone = () => createStateManager({ isolated: true, channel: false });

/** The first of `count` tabs leads and the others follow. */
export async function openTabs(count) {
  const channel = new Channel();
  const managers = [];
  for (let tab = 0; tab < count; tab++) {
    managers.push(createStateManager({ isolated: true, channel: channel.adapter() }));
    // Whose tab this is, is known as soon as it has a unit.
    managers[tab].createUnitStateStore('first');
    for (let i = 0; i < 10; i++) await channel.calm();
  }
  const roles = managers.map(({ tabs }) => tabs.role);
  const expected = managers.map((_, tab) => (tab === 0 ? 'leader' : 'follower'));
  if (roles.join() !== expected.join()) throw new Error(`the tabs are ${roles.join(', ')}`);
  return { channel, managers };
}

// Two devices in one page: each has a manager with a core and a connection of its own, and they
// know of each other only what the server tells them.
import { createStateManager } from 'danji';
import { union } from './states.js';

export const names = { phone: 'Phone', laptop: 'Laptop' };

function openDevice(id) {
  const manager = createStateManager({
    namespace: id,
    isolated: true,
    channel: false, // One tab is the whole device.
    remote: { url: location.origin },
  });
  manager.registerConflictStrategy('union', union);
  return { id, name: names[id], manager, unit: manager.createUnitStateStore(id) };
}

export const devices = Object.keys(names).map(openDevice);

/** One switch for both: apart, each goes on with what it has. */
export function switchNetwork(isOn) {
  for (const { manager } of devices) {
    if (isOn) manager.connection.connect();
    else manager.connection.disconnect();
  }
}

/** Hears how many devices are connected, now and whenever that changes. */
export function watchNetwork(listener) {
  const tell = () => {
    const states = devices.map(({ manager }) => manager.connection.status());
    listener(states.filter((status) => status === 'online').length);
  };
  for (const { manager } of devices) manager.connection.subscribe(tell);
  tell();
}

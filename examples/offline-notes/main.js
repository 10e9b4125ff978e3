// The page: a card for each strategy with a place for each device, and the switch.
import { cards } from './cards.js';
import { devices, switchNetwork, watchNetwork } from './devices.js';
import { Place } from './place.js';
import { ask, askWhenTextsMeet } from './question.js';

for (const [name, { state, fill }] of Object.entries(cards)) {
  const template = document.querySelector(`#${name}-place`);
  for (const device of devices) {
    const element = document.querySelector('#place').content.firstElementChild.cloneNode(true);
    element.dataset.device = device.id;
    element.setAttribute('aria-label', device.name);
    element.querySelector('.device').textContent = device.name;
    element.querySelector('.controls').append(template.content.cloneNode(true));
    document.querySelector(`#${name}`).append(element);
    fill(new Place(device, state, element), { ask });
  }
}

const network = document.querySelector('#network');
const told = document.querySelector('#network-told');
network.addEventListener('change', () => switchNetwork(network.checked));
watchNetwork((online) => {
  document.documentElement.dataset.online = online;
  if (online === devices.length) told.textContent = 'Both devices are connected';
  else told.textContent = network.checked ? 'Connecting…' : 'Each device is on its own';
});
askWhenTextsMeet();

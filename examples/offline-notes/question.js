// Question: the dialog in which a person chooses between texts that met. Each device has the same
// ticket; whichever answers first answers for both.
import { devices, names } from './devices.js';

const dialog = document.querySelector('#question');
const form = dialog.querySelector('form');
const choices = dialog.querySelector('.choices');
const postponed = new Set();
let asked = null; // The ticket that is on the screen.

function choice({ value, label, text, isChosen }) {
  const option = document.querySelector('#choice').content.cloneNode(true);
  const input = option.querySelector('input');
  input.value = value;
  input.checked = isChosen;
  option.querySelector('strong').textContent = label;
  option.querySelector('q').textContent = text;
  return option;
}

const textsOf = (ticket) => [ticket.current, ...ticket.incoming];
const joined = (ticket) => textsOf(ticket).map(({ value }) => value ?? '').join('\n');

function open(ticket, device) {
  asked = ticket;
  dialog.querySelector('.where').textContent = `Asked on the ${device.name.toLowerCase()}`;
  choices.replaceChildren(
    ...textsOf(ticket).map(({ value, unitId }, place) =>
      choice({
        value: place,
        label: `${names[unitId] ?? unitId} wrote`,
        text: value ?? '',
        isChosen: place === 0,
      })),
    choice({ value: 'both', label: 'Keep all of it', text: joined(ticket), isChosen: false }),
  );
  if (!dialog.open) dialog.showModal();
}

function answer(ticket, chosen) {
  if (chosen === 'both') return ticket.resolve({ custom: joined(ticket) });
  return ticket.resolve(chosen === '0' ? 'current' : { incoming: Number(chosen) - 1 });
}

/** Puts the question of this device on the screen, if it has one. */
export function ask(id) {
  const device = devices.find((one) => one.id === id);
  const [ticket] = device.manager.conflicts.list();
  if (ticket) open(ticket, device);
}

/** Asks by itself when texts have met, once; afterwards the card's button does. */
export function askWhenTextsMeet() {
  form.addEventListener('submit', ({ submitter }) => {
    if (submitter.value !== 'answer') return;
    const ticket = asked;
    asked = null;
    // Somebody was faster: what stands is on the screen already.
    answer(ticket, new FormData(form).get('choice')).catch(() => {});
  });
  dialog.addEventListener('close', () => {
    if (asked) postponed.add(asked.id);
    asked = null;
  });
  const [{ id, manager }] = devices;
  manager.conflicts.subscribe(([ticket]) => {
    if (ticket === undefined) {
      asked = null;
      dialog.close();
    } else if (!postponed.has(ticket.id)) {
      ask(id);
    }
  });
}

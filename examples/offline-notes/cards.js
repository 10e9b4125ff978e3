// The six cards: what each shows of its state, and what its controls write.
import { names } from './devices.js';
import { host, likes, plan, seat, tags, title } from './states.js';

/** A field that a reader is typing in is left alone. */
function fill(field, text) {
  if (document.activeElement !== field) field.value = text;
}

function onChange(field, listener) {
  field.addEventListener('change', () => listener(field.value));
}

function titleCard(place) {
  const field = place.find('input');
  onChange(field, (text) => place.write((unit) => unit.setState(title, text)));
  place.show((text) => fill(field, text));
}

function seatCard(place) {
  const [take, leave] = [place.find('.take'), place.find('.leave')];
  take.addEventListener('click', () =>
    place.write((unit) => unit.setState(seat, place.device)));
  leave.addEventListener('click', () => place.write((unit) => unit.unsetState(seat)));
  place.show((sitter) => {
    place.find('.sitter').textContent = sitter === null ? 'Nobody' : names[sitter];
    take.disabled = sitter !== null;
    leave.disabled = sitter !== place.device;
  });
}

function hostCard(place) {
  const fields = [...place.element.querySelectorAll('input')];
  for (const field of fields) {
    onChange(field, (text) =>
      place.write((unit) => unit.update(host, (draft) => { draft[field.name] = text; })));
  }
  place.show((value) => {
    for (const field of fields) fill(field, value[field.name]);
  });
}

function likesCard(place) {
  place.find('.more').addEventListener('click', () =>
    place.write((unit) => unit.add(likes, 1)));
  place.find('.less').addEventListener('click', () =>
    place.write((unit) => unit.add(likes, -1)));
  place.show((count) => {
    place.find('.count').textContent = count;
    place.find('.word').textContent = count === 1 ? 'like' : 'likes';
    place.find('.less').disabled = count === 0;
  });
}

function planCard(place, { ask }) {
  const field = place.find('textarea');
  const choose = place.find('.choose');
  onChange(field, (text) => place.write((unit) => unit.setState(plan, text)));
  choose.addEventListener('click', () => ask(place.device));
  place.show((text, { conflict }) => {
    fill(field, text);
    field.disabled = conflict !== null; // To write now would replace all that wait.
    choose.hidden = conflict === null;
    if (conflict) choose.textContent = `Choose between ${conflict.incoming.length + 1} texts`;
  });
}

function chip(tag) {
  const item = document.createElement('li');
  item.textContent = tag;
  return item;
}

function tagsCard(place) {
  const field = place.find('input');
  place.find('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const tag = field.value.trim().toLowerCase();
    if (tag === '') return;
    field.value = '';
    place.write((unit) => unit.setState(tags, (seen) => [...seen, tag]));
  });
  place.show((list) => place.find('ul').replaceChildren(...list.toSorted().map(chip)));
}

export const cards = {
  title: { state: title, fill: titleCard },
  seat: { state: seat, fill: seatCard },
  host: { state: host, fill: hostCard },
  likes: { state: likes, fill: likesCard },
  plan: { state: plan, fill: planCard },
  tags: { state: tags, fill: tagsCard },
};

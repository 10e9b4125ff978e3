// Place: one card on one device, with the line under it that says how its value stands.
import { names } from './devices.js';

const sentences = {
  CONFLICT: (place) => `Not saved: ${place.winner()} was first.`,
  OUT_OF_RANGE: () => 'Not saved: there are no likes to take back.',
};

export class Place {
  #refusal = '';

  /** `state` is what the card shows; `element` was made from the card's template. */
  constructor({ unit, id }, state, element) {
    Object.assign(this, { unit, device: id, state, element });
    this.line = element.querySelector('.status');
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  /** Whose value stands, where it is a device's name. */
  winner() {
    return names[this.unit.getState(this.state)] ?? 'another device';
  }

  /** Calls `render` with the value, now and at every change, and keeps the line true. */
  show(render) {
    const update = (value, meta) => {
      render(value, meta);
      this.#say(meta);
    };
    this.unit.subscribe(this.state, update, { immediate: true, meta: true });
  }

  /** Runs what writes; a refusal is told in the line until the next write. */
  async write(work) {
    this.#refusal = '';
    try {
      await work(this.unit);
    } catch (error) {
      this.#refusal = sentences[error.code]?.(this) ?? error.message;
    }
    this.#say(this.unit.readState(this.state).meta);
  }

  #say(meta) {
    const { text, mood } = this.#standing(meta);
    this.line.dataset.mood = mood;
    // Only when it differs, so that a screen reader says it once.
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  #standing({ pending, conflict, overwritten, version }) {
    if (this.#refusal !== '') return { text: this.#refusal, mood: 'lost' };
    if (pending > 0) return { text: 'Waits for the network', mood: 'waits' };
    if (conflict !== null) return { text: 'Waits for somebody to choose', mood: 'waits' };
    if (overwritten?.here) {
      const by = names[overwritten.byUnitId] ?? overwritten.byUnitId;
      return { text: `${by} wrote over “${overwritten.value}”`, mood: 'lost' };
    }
    return version === null ? { text: '', mood: '' } : { text: 'Saved', mood: 'saved' };
  }
}

/**
 * What waits for the server: a table with why, and a button for each that takes it back. Drawn
 * only as part of the panel's drawer.
 */
import type { OutboxItem, UnifiedStateManager } from 'danji';
import { element } from './element.ts';

const rowsMax = 20;

function age(since: number): string {
  return `${Math.max(0, Math.round((Date.now() - since) / 1000))} s`;
}

function why({ waitsFor, lastError, attempts }: OutboxItem): string {
  const sent = attempts === 0 ? 'not sent' : `sent ${attempts}×`;
  return `${waitsFor}, ${sent}${lastError === null ? '' : `: ${lastError}`}`;
}

function row(manager: UnifiedStateManager, item: OutboxItem): HTMLElement {
  const keys = item.keys.join(', ');
  const discard = element(
    'button',
    { type: 'button', testid: 'panel-discard', 'aria-label': `Discard the write to ${keys}` },
    ['Discard'],
  );
  // Another tab's write is that tab's to take back.
  discard.disabled = item.author === 'other-tab';
  discard.addEventListener('click', () => {
    // It may have been decided since the row was drawn.
    try {
      manager.outbox.discard(item.opId).catch(() => {});
    } catch (error) {
      discard.title = String(error);
    }
  });
  return element('tr', { testid: 'panel-outbox-row', title: item.opId }, [
    element('th', { scope: 'row' }, [keys]),
    element('td', {}, [item.unitId]),
    element('td', { class: 'figures' }, [age(item.since)]),
    element('td', { class: 'value', title: why(item) }, [why(item)]),
    element('td', {}, [discard]),
  ]);
}

export function showOutbox(manager: UnifiedStateManager, body: HTMLElement): void {
  const items = manager.outbox.list();
  // Whoever is about to press a button finds it where it was.
  if (body.contains(document.activeElement) && items.length === body.childElementCount) return;
  body.replaceChildren(...items.slice(0, rowsMax).map((item) => row(manager, item)));
}

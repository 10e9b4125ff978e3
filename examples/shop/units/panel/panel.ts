/**
 * The developer panel, a unit of its own: plain TypeScript on the manager, no framework.
 *
 * A strip that says who this tab is, and behind it what the core holds: the tabs, each space
 * with its version, and the last changes as they became visible in this tab.
 */
import { defaultManager, defineState, StateScope } from 'danji';
import type { UnifiedStateManager } from 'danji';
import { hasServer, places } from '../../state.ts';
import { element, icon } from './element.ts';
import { Journal, versionText } from './journal.ts';
import { showOutbox } from './outbox.ts';
import './panel.css';

declare global {
  interface Window {
    /** For the console and for tests: the manager that all units of the page share. */
    danji: UnifiedStateManager;
  }
}

/** Private, like every unit's view of itself. */
const viewState = defineState({
  key: 'panel.view',
  scope: StateScope.PRIVATE,
  default: { open: false, seams: false },
});

/** Refused frames and peers are asked for, not told: as often as a reader can follow. */
const askMillis = 1000;

const roles = {
  joining: 'Joining',
  leader: 'Leader',
  follower: 'Follower',
  alone: 'Alone',
} as const;

const manager = defaultManager();
window.danji = manager;
const unit = manager.createUnitStateStore(places.panel.unitId, places.panel);
const journal = new Journal(manager);

const role = element('strong', { testid: 'panel-role' });
const tabs = element('span', { testid: 'panel-tabs' });
const server = element('span', { testid: 'panel-server' });
const engine = element('span', { testid: 'panel-engine', class: 'strip-wide' });
const newest = element('span', { class: 'strip-newest figures' });
const sign = icon('up');
const toggle = element(
  'button',
  { type: 'button', class: 'strip', testid: 'panel-toggle', 'aria-controls': 'panel-body' },
  [
    element('span', { class: 'strip-light' }),
    element('span', { class: 'strip-name' }, ['Danji panel']),
    role,
    tabs,
    ...(hasServer ? [server] : []),
    engine,
    newest,
    sign,
  ],
);

const facts = {
  id: element('dd', { testid: 'panel-id' }),
  leader: element('dd', { testid: 'panel-leader' }),
  epoch: element('dd', { testid: 'panel-epoch', class: 'figures' }),
  peers: element('dd', { class: 'figures' }),
  refused: element('dd', { testid: 'panel-refused', class: 'figures' }),
  waiting: element('dd', { testid: 'panel-waiting', class: 'figures' }),
  latency: element('dd', { testid: 'panel-latency', class: 'figures' }),
};
const spaces = element('tbody', { testid: 'panel-spaces' });
const changes = element('tbody', { testid: 'panel-changes' });
const outbox = element('tbody', { testid: 'panel-outbox' });
const seams = element(
  'button',
  { type: 'button', class: 'button', testid: 'panel-seams', 'aria-pressed': 'false' },
  [icon('seams'), 'Show the seams'],
);

/** For whoever wants to see what the shop is without its server. */
const network = element(
  'button',
  { type: 'button', class: 'button', testid: 'panel-network', 'aria-pressed': 'false' },
  ['Drop the network'],
);
const retry = element('button', { type: 'button', class: 'button', testid: 'panel-retry' }, [
  'Try now',
]);

function fact(name: string, value: HTMLElement): HTMLElement {
  return element('div', {}, [element('dt', {}, [name]), value]);
}

function table(titles: readonly string[], body: HTMLElement, label: string): HTMLElement {
  const heads = titles.map((title) => element('th', { scope: 'col' }, [title]));
  const head = element('thead', {}, [element('tr', {}, heads)]);
  const whole = element('table', { 'aria-label': label }, [head, body]);
  // Reachable by keyboard, because it may scroll.
  return element('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': label }, [
    whole,
  ]);
}

const body = element('div', { id: 'panel-body', class: 'panel-body', testid: 'panel' }, [
  element('div', { class: 'panel-part' }, [
    element('h2', {}, ['This tab']),
    element('dl', { class: 'facts' }, [
      fact('Id', facts.id),
      fact('Leader', facts.leader),
      fact('Leader epoch', facts.epoch),
      fact('Other tabs', facts.peers),
      fact('Refused frames', facts.refused),
      fact('Writes that wait', facts.waiting),
      ...(hasServer ? [fact('To the server and back', facts.latency)] : []),
    ]),
    element('div', { class: 'actions' }, [seams, ...(hasServer ? [network, retry] : [])]),
  ]),
  element('div', { class: 'panel-part panel-pair' }, [
    ...(hasServer
      ? [
          element('h2', {}, ['Outbox']),
          table(['Key', 'Unit', 'Age', 'Waits for', ''], outbox, 'Writes that wait'),
        ]
      : []),
    element('h2', {}, ['Spaces']),
    table(['Space', 'Version'], spaces, 'Spaces and their versions'),
  ]),
  element('div', { class: 'panel-part panel-changes' }, [
    element('h2', {}, ['Last changes seen here']),
    table(['Time', 'Key', 'Unit', 'Version', 'Value'], changes, 'Last changes'),
  ]),
]);

function showTabs(): void {
  const { id, leader, leaderEpoch, aloneBecause } = manager.tabs;
  const others = manager.tabs.peers().length;
  role.textContent = roles[manager.tabs.role];
  role.title = aloneBecause ?? '';
  toggle.dataset['role'] = manager.tabs.role;
  tabs.textContent = others === 0 ? '1 tab' : `${others + 1} tabs`;
  engine.textContent = manager.engine === 'wasm' ? 'WebAssembly core' : 'JavaScript core';
  facts.id.textContent = id.slice(0, 8);
  facts.id.title = id;
  facts.leader.textContent = leader === null ? 'not known' : leader.slice(0, 8);
  facts.leader.title = leader ?? '';
  if (manager.tabs.isLeader()) facts.leader.textContent += ' (this tab)';
  facts.epoch.textContent = String(leaderEpoch);
  facts.peers.textContent = String(others);
  const refused = Object.entries(manager.tabs.refused()).filter(([, count]) => count > 0);
  const sum = refused.reduce((all, [, count]) => all + count, 0);
  facts.refused.textContent = String(sum);
  facts.refused.title = refused.map(([reason, count]) => `${reason}: ${count}`).join(', ');
}

function showChanges(): void {
  const latest = journal.changes[0];
  newest.textContent = latest === undefined ? '' : `${latest.key} ${latest.version}`;
  if (!unit.getState(viewState).open) return;
  spaces.replaceChildren(
    ...journal.spaces().map(([name, version]) =>
      element('tr', { testid: 'panel-space', 'data-space': name }, [
        element('th', { scope: 'row' }, [name]),
        element('td', { class: 'figures', title: `epoch ${version.epoch}` }, [
          versionText(version),
        ]),
      ]),
    ),
  );
  changes.replaceChildren(
    ...journal.changes.map((change) =>
      element('tr', { testid: 'panel-change', 'data-key': change.key }, [
        element('td', { class: 'figures' }, [change.time]),
        element('th', { scope: 'row', title: change.space }, [change.key]),
        element('td', {}, [change.unit]),
        element('td', { class: 'figures' }, [change.version]),
        element('td', { class: 'value', title: change.preview }, [change.preview]),
      ]),
    ),
  );
}

const standings = {
  online: 'Server online',
  connecting: 'Connecting',
  offline: 'Server offline',
  'needs-auth': 'Not signed in',
  denied: 'Refused',
} as const;

function showConnection(): void {
  const { connection } = manager;
  server.textContent = standings[connection.status()];
  server.title = connection.problem ?? '';
  const { latencyMillis } = connection;
  facts.latency.textContent = latencyMillis === null ? '–' : `${Math.round(latencyMillis)} ms`;
  facts.waiting.textContent = String(manager.outbox.size());
  if (unit.getState(viewState).open) showOutbox(manager, outbox);
}

let asking: ReturnType<typeof setInterval> | undefined;

function showView({ open, seams: outlined }: { open: boolean; seams: boolean }): void {
  toggle.setAttribute('aria-expanded', String(open));
  body.hidden = !open;
  sign.classList.toggle('turned', open);
  seams.setAttribute('aria-pressed', String(outlined));
  document.documentElement.classList.toggle('seams', outlined);
  clearInterval(asking);
  const show = (): void => {
    showTabs();
    showConnection();
  };
  if (open) asking = setInterval(show, askMillis);
  show();
  showChanges();
}

toggle.addEventListener('click', () => {
  unit.update(viewState, (view) => void (view.open = !view.open));
});
seams.addEventListener('click', () => {
  unit.update(viewState, (view) => void (view.seams = !view.seams));
});
network.addEventListener('click', () => {
  const isDropped = network.getAttribute('aria-pressed') === 'true';
  network.setAttribute('aria-pressed', String(!isDropped));
  network.textContent = isDropped ? 'Drop the network' : 'Bring the network back';
  if (isDropped) manager.connection.connect();
  else manager.connection.disconnect();
});
retry.addEventListener('click', () => void manager.outbox.retry());
document.getElementById('panel')?.replaceChildren(toggle, body);

// Many changes may arrive at once; the eye wants them together. A timer, because a tab in the
// background gets no frames and would show old news when it comes to the front.
const drawMillis = 16;
let drawing = false;
function draw(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    showChanges();
    showConnection();
  }, drawMillis);
}
journal.watch(draw);
manager.tabs.subscribe(showTabs);
manager.connection.subscribe(showConnection);
manager.outbox.subscribe(draw);
unit.subscribe(viewState, showView, { immediate: true });

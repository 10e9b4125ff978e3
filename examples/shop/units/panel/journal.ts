/**
 * The last changes that became visible in this tab, newest first, and the newest version seen
 * of each space. Keeps text, not values: a panel must not hold on to what others let go.
 *
 * A follower sees its own write before the leader has decided it. Such a line is pending until
 * the decision comes, which changes no value and is therefore heard through `meta`.
 */
import type { StateChange, StateMetadata, UnifiedStateManager, Version } from 'danji';

export interface JournalLine {
  readonly time: string;
  readonly key: string;
  readonly space: string;
  readonly preview: string;
  /** Who wrote it; empty until that is decided. */
  unit: string;
  /** `v12`, `pending`, or `decided` when its version passed by together with a later one. */
  version: string;
}

const linesMax = 20;
const previewLettersMax = 80;
const pending = 'pending';
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

export function versionText({ index }: Version): string {
  return `v${index}`;
}

function preview(value: unknown): string {
  const text = JSON.stringify(value) ?? 'not set';
  return text.length > previewLettersMax ? `${text.slice(0, previewLettersMax)}…` : text;
}

export class Journal {
  changes: readonly JournalLine[] = [];
  readonly #manager: UnifiedStateManager;
  readonly #spaces = new Map<string, Version>();
  readonly #watchers = new Set<() => void>();

  constructor(manager: UnifiedStateManager) {
    this.#manager = manager;
    manager.subscribeAll((changes) => this.#note(changes));
    manager.subscribeAll((changes) => this.#decided(changes), { meta: true });
  }

  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  /** By name. Asks the core too: what was decided before this unit started left no change. */
  spaces(): readonly (readonly [string, Version])[] {
    for (const { space, version } of this.#manager.createSnapshot().entries) {
      this.#reached(space, version);
    }
    return [...this.#spaces].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #reached(space: string, version: Version): void {
    const known = this.#spaces.get(space);
    // Indexes compare within one log only; another epoch is another log, and the newer one.
    if (known === undefined || known.epoch !== version.epoch || known.index < version.index) {
      this.#spaces.set(space, version);
    }
  }

  #note(changes: readonly StateChange[]): void {
    const lines = changes.map(({ key, space, value, meta }): JournalLine => {
      const time = clock.format(meta.pending > 0 ? Date.now() : (meta.updatedAt ?? Date.now()));
      const line = { time, key, space, preview: preview(value), unit: '', version: pending };
      if (meta.pending === 0) this.#settle([line], meta);
      return line;
    });
    this.changes = [...lines.reverse(), ...this.changes].slice(0, linesMax);
    this.#tell();
  }

  /** Hears decisions too, after `#note` has heard of the values. */
  #decided(changes: readonly StateChange[]): void {
    for (const { key, space, meta } of changes) {
      const waiting = this.changes.filter(
        (line) => line.key === key && line.space === space && line.version === pending,
      );
      // Newest first, and what is still undecided are the newest of them.
      const decided = waiting.slice(meta.pending);
      this.#settle(decided, meta);
      if (decided.length > 0) this.#tell();
    }
  }

  #settle([newest, ...older]: readonly JournalLine[], meta: StateMetadata): void {
    if (meta.version !== null && newest !== undefined) {
      this.#reached(newest.space, meta.version);
      newest.version = versionText(meta.version);
      newest.unit = meta.updatedBy ?? '';
    }
    for (const line of older) line.version = 'decided';
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

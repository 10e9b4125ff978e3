/**
 * A cell: what this page has of one entry, and the space that the entry is in.
 */
import type { Plane } from './definition.js';
import type { DanjiError } from './errors.js';
import { Author, type EntryFacts } from './metadata.js';
import type { WaitingOps } from './receipts.js';
import type { Registration } from './registry.js';
import type { StagedOp, WriteOptions } from './staged-op.js';
import type { ConflictTicket, Overwritten } from './strategy-types.js';
import type { StateMetadata, StateReading } from './types.js';

/** A space as the page sees it. */
export interface SpaceView {
  readonly id: number;
  readonly address: string;
  readonly session: string;
  readonly waiting: WaitingOps;
  /** Who decides it: this tab, the leading tab, or a server. */
  readonly plane: Plane;
  epoch: string;
}

export interface CellListener {
  readonly call: (value: unknown, meta: StateMetadata) => void;
  readonly wantsMeta: boolean;
  isActive: boolean;
}

/**
 * One entry: a key in a space. What every set looks at comes first, so that it lies together: of
 * a page's many cells it is fetching them that costs time.
 */
export class Cell implements EntryFacts {
  readonly registration: Registration;
  readonly space: SpaceView;
  readonly slot: number;
  /** last_write_wins: a write is what readers see. */
  readonly isPlain: boolean;
  /** Some versions of it are kept. */
  readonly keepsHistory: boolean;
  /** The application's own strategy for it. */
  readonly custom: Registration['custom'];
  error: DanjiError | null = null;
  /** What readers see; the default while nothing is set. */
  value: unknown;
  isSet = false;
  /** 0: nothing to tell. 1: metadata. 2: the value. */
  news = 0;
  reading: StateReading<unknown> | null = null;
  /** In the order in which they came. So many have left, and may stay in it for a while. */
  listeners: CellListener[] = [];
  index = 0;
  millis = 0;
  pending = 0;
  author: number = Author.nobody;
  unit = 0;
  left = 0;
  /** Values that wait for somebody to choose. */
  conflict: ConflictTicket | null = null;
  /** What the last write wrote over unseen. */
  overwritten: Overwritten | null = null;
  /** The core has no text of this value yet. */
  isDeferred = false;
  /** The op of the open batch that writes it, and with what; `undefined`: unset. */
  stagedBy: StagedOp | null = null;
  staged: unknown = undefined;
  stagedWith: WriteOptions | undefined = undefined;
  stagedReading: StateReading<unknown> | null = null;
  /** The index of that write; 0 while it is not known yet, -1 while there was none. */
  overwrittenAt = -1;
  /** The schema version whose form the value has. */
  standing = '';
  /** Why a value could not be brought into the form of a higher one. */
  fault: { readonly value: unknown; readonly error: DanjiError } | null = null;

  constructor(registration: Registration, space: SpaceView, slot: number) {
    this.registration = registration;
    this.space = space;
    this.slot = slot;
    this.value = registration.defaultValue;
    const { conflictResolution = 'last_write_wins' } = registration.definition;
    this.isPlain = conflictResolution === 'last_write_wins';
    this.keepsHistory = registration.history > 0;
    this.custom = registration.custom;
  }

  get isRemote(): boolean {
    return this.space.plane === 'server';
  }

  get key(): string {
    return this.registration.key;
  }

  /** What the writer of an open batch sees. */
  get latest(): unknown {
    if (this.stagedBy === null) return this.value;
    return this.staged === undefined ? this.registration.defaultValue : this.staged;
  }
}

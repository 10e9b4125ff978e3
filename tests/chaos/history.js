// History: what pages asked for, what they were told and what they read, held against the log of
// the server's disk. The rules know nothing of how the answers came about.
//
// Every op carries a number of its own, its tag, in everything that it writes, so that it is known
// again wherever it turns up. `history` is
//
//   strategies  by key: how writes to it are settled. `tags`: a sum whose additions are the tags
//   asked       { page, tag, writes }: by key its text, or null where only the tag is known
//   told        { page, at, tag, code, epoch, index, isOld }   code null: accepted; else refused,
//               or UNCERTAIN; isOld: accepted, but something later stands
//   stored      { page, tag }: an undecided op that the disk of its device has
//   reads       { page, at, key, epoch, index, tag }  of what is confirmed; tag null: no value
//   living      the pages that were there to the end
//   log         records as log_rows.js reads them, in the order of the disk
//   ends        by name: the digest of everything that it has in the end
//   sums        by key: what is shown in the end
//   outboxes    by device: how many undecided writes are left on its disk
//
// `at` orders what one page told and read. Rules, by the words of tests/sim/history.h:
//
//   lost         told as accepted, but not in the log
//   forgotten    an undecided op that a disk had is not in the log
//   doubled      in the log twice
//   reordered    a session's ops are not in the order in which they were asked for
//   half         a batch is in the log in part
//   altered      a key was written with something else than was asked for
//   invented     nobody asked for it
//   unanswered   a page that lives was told nothing of its op: also a refusal in silence
//   misreported  told otherwise than decided
//   stolen       a first value was set though there was one
//   unseen       a value was let in over a write that it was not made from
//   miscounted   a sum is not what was added to it, or left its bounds
//   backwards    a page read something older than it had read, or had been told of its own
//   misread      what was read is not what the log has at that version
//   diverged     two replicas have different states in the end
//   stuck        something still waits to be sent

/** All faults that are found, each as a sentence that begins with its rule. */
export function faultsOf(history) {
  const check = new Check(history);
  return [
    ...history.log.flatMap((record) => [...check.record(record)]),
    ...check.sums(),
    ...check.answers(),
    ...check.readings(),
    ...check.ends(),
  ];
}

class Check {
  #history;
  #asked;
  #told;
  #accepted = new Map(); // By tag: the record.
  #last = new Map(); // By session: its last number and tag.
  #written = new Map(); // By key: the tags in order of the log, as [index, tag].
  #totals = new Map();
  #index = 0;

  constructor(history) {
    this.#history = history;
    this.#asked = new Map(history.asked.map((op) => [op.tag, op]));
    this.#told = new Map(history.told.map((answer) => [answer.tag, answer]));
  }

  // ---- What the log says

  *record(record) {
    if (record.index !== ++this.#index) yield `lost: record ${this.#index} of the log`;
    this.#index = record.index;
    const last = this.#last.get(record.session) ?? { sequence: 0, tag: 0 };
    this.#last.set(record.session, last);
    const name = `op ${record.sequence} of ${record.session.slice(0, 8)}`;
    if (record.sequence <= last.sequence) yield `doubled: ${name}`;
    else if (!record.voids && record.sequence !== last.sequence + 1) yield `reordered: ${name}`;
    last.sequence = Math.max(last.sequence, record.sequence);
    const changes = record.changes.filter(({ kind }) => kind !== 'define');
    if (record.voids || record.code !== 0 || changes.length === 0) return;
    yield* this.#content(record, changes, last);
    yield* changes.flatMap((change) => [...this.#settled(change, record)]);
  }

  *#content(record, changes, last) {
    const tags = new Set(changes.flatMap((change) => this.#tagsIn(change)));
    const [tag] = tags;
    const asked = this.#asked.get(tag);
    if (tags.size !== 1) return yield `altered: record ${record.index} is of ${[...tags]}`;
    if (asked === undefined) return yield `invented: ${tag}`;
    if (this.#accepted.has(tag)) yield `doubled: ${tag}`;
    this.#accepted.set(tag, record);
    // What is made again when others were faster comes when it comes.
    const isTriedAgain = changes.some(({ key }) => this.#history.strategies[key] === 'custom');
    if (tag <= last.tag && !isTriedAgain) yield `reordered: ${tag} after ${last.tag}`;
    if (!isTriedAgain) last.tag = Math.max(tag, last.tag);
    const written = new Map(changes.map((change) => [change.key, change]));
    for (const [key, text] of Object.entries(asked.writes)) {
      const change = written.get(key);
      written.delete(key);
      if (change === undefined) yield `half: ${tag} lacks ${key}`;
      else if (text !== null && String(JSON.stringify(change.value)) !== text) yield `altered: ${tag} ${key}`;
    }
    for (const key of written.keys()) yield `altered: ${tag} wrote ${key}`;
    return undefined;
  }

  /** Of what carries none it is an empty list. */
  #tagsIn({ key, kind, value, fields }) {
    if (kind === 'add') return this.#history.strategies[key] === 'tags' ? [value] : [];
    if (kind === 'patch') return fields.map(([, one]) => one);
    return kind === 'unset' ? [] : [value.tag];
  }

  *#settled({ key, kind, value }, { index }) {
    const written = this.#written.get(key) ?? [];
    this.#written.set(key, written);
    const before = written.at(-1)?.[1] ?? null;
    const strategy = this.#history.strategies[key];
    if (strategy === 'first_write_wins' && kind === 'set' && before !== null) {
      yield `stolen: ${key} by ${value.tag}`;
    }
    const isMadeOf = strategy === 'custom' || strategy === 'compared';
    if (isMadeOf && (value.over ?? null) !== before) {
      yield `unseen: ${key} was ${before}, and ${value.tag} was made from ${value.over}`;
    }
    if (kind === 'add') {
      const total = (this.#totals.get(key) ?? 0) + value;
      this.#totals.set(key, total);
      if (total < 0) yield `miscounted: ${key} is ${total}`;
    }
    written.push([index, kind === 'unset' ? null : value?.tag]);
  }

  *sums() {
    for (const [key, sum] of Object.entries(this.#history.sums)) {
      const total = this.#totals.get(key) ?? 0;
      if (total !== sum) yield `miscounted: ${key} is ${sum} instead of ${total}`;
    }
  }

  // ---- What pages were told

  *answers() {
    const { told, stored, asked, living } = this.#history;
    for (const { tag, code, epoch, index } of told) {
      const record = this.#accepted.get(tag);
      if (code === null && record === undefined) yield `lost: ${tag}`;
      const isRefused = code !== null && code !== 'UNCERTAIN';
      if (isRefused && record !== undefined) yield `misreported: ${tag} as ${code}`;
      const isPlaced = code === null && index !== undefined && record !== undefined;
      // Who was away is told of a later place, if what it wrote was written over.
      if (isPlaced && (record.index > index || record.epoch !== epoch)) {
        yield `misreported: ${tag} at ${index}, not ${record.index}`;
      }
    }
    const kept = new Set(stored.map(({ tag }) => tag));
    for (const tag of kept) if (!this.#accepted.has(tag)) yield `forgotten: ${tag}`;
    for (const { page, tag } of asked) {
      const isAnswered = this.#told.has(tag) || kept.has(tag);
      if (living.has(page) && !isAnswered) yield `unanswered: ${tag} of ${page}`;
    }
  }

  /** A page sees no less than before, and no less than it was told of its own writes. */
  *readings() {
    const { reads, told, strategies } = this.#history;
    const newest = new Map();
    const events = [...reads, ...told.filter(({ code, isOld }) => code === null && !isOld)];
    for (const event of events.sort((one, other) => one.at - other.at)) {
      const { page } = event;
      // Of an own write what counts is where it is, not where it was told to be.
      const { epoch, index } = 'key' in event ? event : (this.#accepted.get(event.tag) ?? {});
      for (const key of index === undefined ? [] : this.#keysOf(event)) {
        const seen = newest.get(`${page} ${key}`);
        const isOlder = seen !== undefined && seen.epoch === epoch && index < seen.index;
        if (isOlder && 'key' in event) yield `backwards: ${page} read ${key} of ${index} after ${seen.index}`;
        if (!isOlder) newest.set(`${page} ${key}`, { epoch, index });
      }
      const isPlain = ['last_write_wins', 'first_write_wins'].includes(strategies[event.key]);
      if (isPlain) yield* this.#reading(event);
    }
  }

  /** Of a batch only some writes may stand: what it was told is of no use here. */
  #keysOf(event) {
    if ('key' in event) return [event.key];
    const keys = Object.keys(this.#asked.get(event.tag)?.writes ?? {});
    return keys.length === 1 ? keys : [];
  }

  *#reading({ page, key, index, tag }) {
    const written = (this.#written.get(key) ?? []).find(([at]) => at === index);
    if (written?.[1] !== tag) yield `misread: ${page} read ${tag} in ${key} of ${index}, not ${written?.[1]}`;
  }

  // ---- How it ended

  *ends() {
    const { ends, outboxes } = this.#history;
    const digests = new Set(Object.values(ends));
    if (digests.size > 1) yield `diverged: ${JSON.stringify(ends)}`;
    for (const [device, rows] of Object.entries(outboxes)) {
      if (rows > 0) yield `stuck: ${rows} writes of ${device}`;
    }
  }
}

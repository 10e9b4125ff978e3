// The corpus of a fuzz target: few files that together reach everything that is reached.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './steps.mjs';

/**
 * What libFuzzer notes while it merges: the number of files, a line that is nothing to us, their
 * paths, and for each of them, by number, what it reaches: "FT <number> <feature>…".
 */
export function readControlFile(text) {
  const lines = text.split('\n');
  const count = Number(lines[0]);
  const files = lines.slice(2, 2 + count).map((path) => ({ path, features: new Set() }));
  for (const line of lines.slice(2 + count)) {
    const [what, number, ...features] = line.trim().split(' ');
    if (what === 'FT') files[Number(number)].features = new Set(features);
  }
  return files;
}

/** Takes, again and again, the file that adds most; at most `most` of them. */
export function chooseFiles(files, most) {
  const reached = new Set();
  const newIn = ({ features }) => [...features].filter((feature) => !reached.has(feature)).length;
  const chosen = [];
  while (chosen.length < most) {
    const best = files.reduce((one, other) => (newIn(other) > newIn(one) ? other : one), files[0]);
    if (!best || newIn(best) === 0) break;
    for (const feature of best.features) reached.add(feature);
    chosen.push(best.path);
  }
  return chosen;
}

/** What broke something once, or is nearly right: never thrown away for reaching nothing new. */
const stays = (path) => /^(found|near)-/.test(basename(path));

/** Leaves in `into` what always stays, and puts the first of `files` beside it: `most` in all. */
export function replaceFiles(into, files, most) {
  mkdirSync(into, { recursive: true });
  const old = readdirSync(into);
  const room = most - old.filter(stays).length;
  // Read first: some of the files may be those that are removed.
  const next = files
    .filter((file) => !stays(file))
    .slice(0, Math.max(0, room))
    .map((file) => ({ name: basename(file), content: readFileSync(file) }));
  for (const file of old) if (!stays(file)) rmSync(join(into, file));
  for (const { name, content } of next) writeFileSync(join(into, name), content);
}

/** Replaces the corpus in `into` by the best of all `folders`, which may include it. */
export async function keepBest({ program, name, folders, into, scratch, most }) {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(join(scratch, 'merged'), { recursive: true });
  const control = join(scratch, 'control');
  // Edges only: how often each was passed makes too many differences for a small corpus.
  const options = ['-set_cover_merge=1', '-use_counters=0', `-merge_control_file=${control}`];
  await run(program, [...options, join(scratch, 'merged'), ...folders], {
    log: `fuzz-merge-${name}`,
    failure: `The corpus of ${name} could not be merged`,
  });
  replaceFiles(into, chooseFiles(readControlFile(readFileSync(control, 'utf8')), most), most);
}

/** How many files there are in a folder, and how many bytes in all. */
export function weigh(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  return { files: files.length, bytes };
}

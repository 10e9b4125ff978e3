// What llvm-cov says of the core, as files, sums for each folder and a table.
//
//   file := { path, lines: { reached, all }, branches: { reached, all }, missed: [line] }
import { dirname, relative } from 'node:path';

/** Reads lcov text; only what is below `root` counts. A line is reached if any copy of it is. */
export function readLcov(text, root) {
  const files = new Map();
  let file;
  for (const line of text.split('\n')) {
    const [, kind, rest] = /^(SF|DA|BRDA):(.*)$/.exec(line) ?? [];
    if (kind === 'SF') {
      const path = relative(root, rest);
      if (!files.has(path)) files.set(path, { lines: new Map(), branches: new Map() });
      file = files.get(path);
    } else if (kind === 'DA') {
      const [place, count] = rest.split(',').map(Number);
      file.lines.set(place, (file.lines.get(place) ?? 0) + count);
    } else if (kind === 'BRDA') {
      const [place, block, branch, count] = rest.split(',');
      const name = `${place},${block},${branch}`;
      file.branches.set(name, (file.branches.get(name) ?? 0) + (Number(count) || 0));
    }
  }
  return [...files]
    .filter(([path]) => !path.startsWith('..'))
    .map(([path, { lines, branches }]) => ({
      path,
      lines: countReached(lines),
      branches: countReached(branches),
      missed: [...lines].filter(([, count]) => count === 0).map(([place]) => place),
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function countReached(counts) {
  const reached = [...counts.values()].filter((count) => count > 0).length;
  return { reached, all: counts.size };
}

/** Missed lines that follow each other without a gap. */
function runsOf(missed) {
  const runs = [];
  for (const place of missed) {
    if (runs.at(-1)?.at(-1) === place - 1) runs.at(-1).push(place);
    else runs.push([place]);
  }
  return runs;
}

/**
 * Gives each run of missed lines its reason, and takes what can't be reached out of the count.
 *
 *   list := { unreachable: [reason], elsewhere: [reason] }       reason := { path, code, reason }
 *
 * `code` stands in the run, `textOf` reads a file. Lines of `elsewhere` are reached by other tests
 * than those that are counted, and stay missed. A brace that closes what was left in the line
 * before it is counted by compilers and reached by nobody: it wants no reason. Gives each file
 * `missed` as runs, { places, reason }, and complaints of runs without a reason and of reasons
 * without a run.
 */
export function explain(files, list, textOf) {
  const used = new Set();
  const complaints = [];
  const explained = files.map((file) => {
    const lines = file.missed.length > 0 ? textOf(file.path).split('\n') : [];
    const reasonIn = (reasons, places) => {
      const code = places.map((place) => lines[place - 1]).join('\n');
      const found = reasons.find((one) => one.path === file.path && code.includes(one.code));
      used.add(found);
      return found;
    };
    const isEmpty = (places) => places.every((place) => /^\s*}?$/.test(lines[place - 1]));
    const counted = runsOf(file.missed).filter(
      (places) => !isEmpty(places) && !reasonIn(list.unreachable, places),
    );
    const missed = counted.map((places) => {
      const reason = reasonIn(list.elsewhere, places)?.reason;
      if (!reason) complaints.push(`${file.path}:${places[0]} is missed without a reason.`);
      return { places, reason };
    });
    const gone = file.missed.length - counted.flat().length;
    return { ...file, missed, lines: { ...file.lines, all: file.lines.all - gone } };
  });
  for (const reason of [...list.unreachable, ...list.elsewhere]) {
    if (used.has(reason)) continue;
    const { path, code } = reason;
    complaints.push(`missed.json: "${code}" in ${path} is gone or reached; remove it.`);
  }
  return { files: explained, complaints };
}

function add(one, other) {
  const [reached, all] = [one.reached + other.reached, one.all + other.all];
  // Rounded down: 100 means all.
  return { reached, all, percent: all === 0 ? 100 : Math.floor((reached / all) * 1000) / 10 };
}

const nothing = { reached: 0, all: 0 };

function sumOf(folder, files) {
  return {
    folder,
    lines: files.map(({ lines }) => lines).reduce(add, nothing),
    branches: files.map(({ branches }) => branches).reduce(add, nothing),
  };
}

/** A sum for each folder, and for all of them as the last. */
export function sumByFolder(files) {
  const folders = [...new Set(files.map(({ path }) => dirname(path)))].sort();
  const inFolder = (folder) => files.filter(({ path }) => dirname(path) === folder);
  const sums = folders.map((folder) => sumOf(folder, inFolder(folder)));
  return [...sums, sumOf('all', files)];
}

export function tableOf(sums) {
  const cells = ({ reached, all, percent }) => [`${reached}/${all}`, `${percent} %`];
  const rows = [
    ['folder', 'lines', '', 'branches', ''],
    ...sums.map(({ folder, lines, branches }) => [folder, ...cells(lines), ...cells(branches)]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .map(([name, ...rest]) => name.padEnd(width) + rest.map((text) => text.padStart(11)).join(''))
    .join('\n');
}

// The limits of size and shape. Each rule takes a file and gives complaints.
import * as cpp from './cpp.js';
import { complaint, isCpp, isIn, isScript } from './files.js';
import * as syntax from './syntax.js';

/** What is shipped is read more often than what tests it. */
const product = { columns: 100, functionLines: 60, parameters: 5, nesting: 3 };
const test = { columns: 120, functionLines: 110, parameters: 5, nesting: 4 };
const limitsOf = (file) => (isIn(file, 'tests') ? test : product);

const bindingsLinesMax = 540;
const bindingsCallsMax = 40;

const hookFolders = ['react/src', 'vue/src', 'svelte/src'];

/**
 * Files that hold one noun and are longer than their kind all the same: the tab's state machine,
 * a server's core, its keeper and its part among others, the store and its views, the connection,
 * the twin of all exports, and the public types, which are read as one page.
 */
const longer = new Map([
  ['core/replica/peer.h', 280],
  ['core/engine/engine.h', 210],
  ['core/server/host.h', 245],
  ['js/src/store.ts', 320],
  ['js/src/writer.ts', 280],
  ['js/src/bridge.ts', 400],
  ['js/src/manager.ts', 290],
  ['js/src/remote/remote.ts', 335],
  ['js/src/unit.ts', 320],
  ['js/src/types.ts', 470],
  ['server/src/keeper.ts', 290],
  ['server/src/shares.ts', 305],
  ['tests/conformance/case_world.js', 600],
]);

/** The first kind that fits tells how many lines a file may have. */
const fileKinds = [
  { what: 'a hook file', most: 60, fits: (file) => isIn(file, ...hookFolders) },
  { what: 'a test file', most: 500, fits: (file) => isIn(file, 'tests') },
  { what: 'a core header', most: 200, fits: (file) => /^core\/.*\.h$/.test(file.path) },
  { what: 'a core source', most: 400, fits: (file) => isIn(file, 'core') },
  { what: 'a js module', most: 250, fits: (file) => isIn(file, 'js', 'server', 'scripts') },
];

export function checkColumns(file) {
  return file.lines.flatMap((text, index) => {
    const columns = [...text].length;
    const most = limitsOf(file).columns;
    if (columns <= most) return [];
    return [complaint(file, index + 1, `${columns} columns; a line has at most ${most}`)];
  });
}

export function checkFileLength(file) {
  const kind = fileKinds.find(({ fits }) => fits(file));
  const most = longer.get(file.path) ?? kind?.most;
  if (!kind || file.lines.length <= most) return [];
  return [complaint(file, 0, `${file.lines.length} lines; ${kind.what} has at most ${most}`)];
}

function functionsOf(file) {
  if (isCpp(file)) return cpp.functionsIn(file.text);
  return isScript(file) ? syntax.functionsIn(file) : [];
}

export function checkFunctions(file) {
  const most = limitsOf(file);
  return functionsOf(file).flatMap(({ line, length, parameters, nesting }) => {
    const tell = (message) => complaint(file, line, message);
    const found = [];
    if (length > most.functionLines) {
      found.push(tell(`a function of ${length} lines; at most ${most.functionLines}`));
    }
    if (parameters > most.parameters) {
      const instead = `pass a struct or an object beyond ${most.parameters}`;
      found.push(tell(`${parameters} parameters; ${instead}`));
    }
    if (nesting > most.nesting) {
      const instead = `return early or name an inner part beyond ${most.nesting}`;
      found.push(tell(`nested ${nesting} deep; ${instead}`));
    }
    return found;
  });
}

/** Bindings only convert and forward, so those of each module stay small. Takes all files. */
export function checkBindings(files) {
  const all = files.filter((file) => isIn(file, 'bindings') && isCpp(file));
  const isHosts = (file) => isIn(file, 'bindings/host');
  return [
    ...checkDoor('bindings/', all.filter((file) => !isHosts(file))),
    ...checkDoor('bindings/host/', all.filter(isHosts)),
  ];
}

function checkDoor(name, bindings) {
  const lines = bindings.reduce((sum, file) => sum + file.lines.length, 0);
  const calls = bindings.reduce(
    (sum, file) => sum + (file.text.match(/^DANJI_EXPORT\(/gm)?.length ?? 0),
    0,
  );
  const found = [];
  if (lines > bindingsLinesMax) {
    found.push(`${name}: ${lines} lines in all; at most ${bindingsLinesMax}`);
  }
  if (calls > bindingsCallsMax) {
    found.push(`${name}: ${calls} calls in all; at most ${bindingsCallsMax}`);
  }
  return found;
}

// The limits of size and shape. Each rule takes a file and gives complaints.
import * as cpp from './cpp.js';
import { complaint, isCpp, isIn, isScript } from './files.js';
import * as syntax from './syntax.js';

const columnsMax = 100;
const functionLinesMax = 60;
const parametersMax = 4;
const nestingMax = 3;
const bindingsLinesMax = 400;
const bindingsCallsMax = 30;

const hookFolders = ['react/src', 'vue/src', 'svelte/src'];

/** The first kind that fits tells how many lines a file may have. */
const fileKinds = [
  { what: 'a hook file', most: 60, fits: (file) => isIn(file, ...hookFolders) },
  { what: 'a test file', most: 500, fits: (file) => isIn(file, 'tests') },
  { what: 'a core header', most: 200, fits: (file) => /^core\/.*\.h$/.test(file.path) },
  { what: 'a core source', most: 400, fits: (file) => isIn(file, 'core') },
  { what: 'a js module', most: 250, fits: (file) => isIn(file, 'js', 'scripts') },
];

export function checkColumns(file) {
  return file.lines.flatMap((text, index) => {
    const columns = [...text].length;
    if (columns <= columnsMax) return [];
    return [complaint(file, index + 1, `${columns} columns; a line has at most ${columnsMax}`)];
  });
}

export function checkFileLength(file) {
  const kind = fileKinds.find(({ fits }) => fits(file));
  if (!kind || file.lines.length <= kind.most) return [];
  return [complaint(file, 0, `${file.lines.length} lines; ${kind.what} has at most ${kind.most}`)];
}

function functionsOf(file) {
  if (isCpp(file)) return cpp.functionsIn(file.text);
  return isScript(file) ? syntax.functionsIn(file) : [];
}

export function checkFunctions(file) {
  return functionsOf(file).flatMap(({ line, length, parameters, nesting }) => {
    const tell = (message) => complaint(file, line, message);
    const found = [];
    if (length > functionLinesMax) {
      found.push(tell(`a function of ${length} lines; at most ${functionLinesMax}`));
    }
    if (parameters > parametersMax) {
      const instead = `pass a struct or an object beyond ${parametersMax}`;
      found.push(tell(`${parameters} parameters; ${instead}`));
    }
    if (nesting > nestingMax) {
      const instead = `return early or name an inner part beyond ${nestingMax}`;
      found.push(tell(`nested ${nesting} deep; ${instead}`));
    }
    return found;
  });
}

/** Bindings only convert and forward, so all of them together stay small. Takes all files. */
export function checkBindings(files) {
  const bindings = files.filter((file) => isIn(file, 'bindings') && isCpp(file));
  const lines = bindings.reduce((sum, file) => sum + file.lines.length, 0);
  const calls = bindings.reduce(
    (sum, file) => sum + (file.text.match(/^DANJI_EXPORT\(/gm)?.length ?? 0),
    0,
  );
  const found = [];
  if (lines > bindingsLinesMax) {
    found.push(`bindings/: ${lines} lines in all; at most ${bindingsLinesMax}`);
  }
  if (calls > bindingsCallsMax) {
    found.push(`bindings/: ${calls} calls in all; at most ${bindingsCallsMax}`);
  }
  return found;
}

// JavaScript and TypeScript as a tree, by the parser that Vite brings along.
import { parseSync } from 'vite';

const trees = new WeakMap();

function treeOf(file) {
  let tree = trees.get(file);
  if (!tree) {
    const { program, errors } = parseSync(file.path, file.text);
    if (errors.length > 0) throw new Error(`${file.path}: ${errors[0].message}`);
    tree = program;
    trees.set(file, tree);
  }
  return tree;
}

function lineOf(file, offset) {
  let line = 1;
  for (let i = 0; i < offset; i += 1) if (file.text.charCodeAt(i) === 10) line += 1;
  return line;
}

function visit(node, enter, parents = []) {
  enter(node, parents);
  const below = [...parents, node];
  for (const value of Object.values(node)) {
    const children = Array.isArray(value) ? value : [value];
    for (const child of children) {
      if (child && typeof child.type === 'string') visit(child, enter, below);
    }
  }
}

const isFunction = (node) =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
const nests =
  /^(IfStatement|For\w*Statement|WhileStatement|DoWhileStatement|SwitchStatement|TryStatement)$/;

function nestingAt(node, parents) {
  let depth = 1;
  let child = node;
  for (const parent of parents.toReversed()) {
    if (isFunction(parent)) break;
    const isElseIf =
      parent.type === 'IfStatement' && parent.alternate === child && child.type === 'IfStatement';
    if (nests.test(parent.type) && !isElseIf) depth += 1;
    child = parent;
  }
  return depth;
}

/** Every function: { line, length, parameters, nesting }. */
export function functionsIn(file) {
  const found = new Map();
  visit(treeOf(file), (node, parents) => {
    if (isFunction(node) && node.body) {
      const line = lineOf(file, node.start);
      const length = lineOf(file, node.end) - line + 1;
      found.set(node, { line, length, parameters: node.params.length, nesting: 0 });
    } else if (nests.test(node.type)) {
      const owner = found.get(parents.findLast(isFunction));
      if (owner) owner.nesting = Math.max(owner.nesting, nestingAt(node, parents));
    }
  });
  return [...found.values()];
}

/** Every import and re-export with a name written out: { line, name, typeOnly }. */
export function importsIn(file) {
  const found = [];
  visit(treeOf(file), (node) => {
    const source = node.source ?? (node.type === 'TSImportType' ? node.argument : undefined);
    if (typeof source?.value !== 'string') return;
    const typeOnly =
      node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
    found.push({ line: lineOf(file, node.start), name: source.value, typeOnly });
  });
  return found;
}

const isMember = (node, object, property) =>
  node.type === 'MemberExpression' &&
  node.object.name === object &&
  node.property.name === property;

/** Nodes of these kinds, as line numbers: the words that tidy bans in TypeScript. */
export function bannedIn(file) {
  const found = { any: [], castThroughUnknown: [], nonNull: [], clock: [], wasm: [] };
  const tell = (list, node) => list.push(lineOf(file, node.start));
  visit(treeOf(file), (node) => {
    if (node.type === 'TSAnyKeyword') tell(found.any, node);
    if (node.type === 'TSNonNullExpression') tell(found.nonNull, node);
    if (node.type === 'TSAsExpression' && node.expression.type === 'TSAsExpression') {
      if (node.expression.typeAnnotation.type === 'TSUnknownKeyword') {
        tell(found.castThroughUnknown, node);
      }
    }
    if (isMember(node, 'Date', 'now') || isMember(node, 'Math', 'random')) {
      tell(found.clock, node);
    }
    if (node.type === 'MemberExpression' && node.object.name === 'WebAssembly') {
      tell(found.wasm, node);
    }
  });
  return found;
}

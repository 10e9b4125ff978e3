// A reader of C++ that knows just enough for tidy: code without comments and texts, and where
// functions begin, end and nest. Not a parser: it counts braces, as a reader of the page would.

/** The text with comments, strings and characters blanked out, line for line. */
export function bareCode(text) {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])*'/g;
  return text.replace(token, (found) => {
    const blank = found.replace(/[^\n]/g, ' ');
    return /^["']/.test(found) ? `${found[0]}${blank.slice(2)}${found[0]}` : blank;
  });
}

const control = /\b(?:if|for|while|switch|do|else|try)\b/;
const type = /\b(?:class|struct|union|enum|namespace|concept|extern)\b/;

function lineAt(code, place) {
  let line = 1;
  for (let i = 0; i < place; i += 1) if (code[i] === '\n') line += 1;
  return line;
}

// What stands before a brace, back to the end of the statement or block before it. A member
// that is initialized in braces, as in `: name_{name} {`, belongs to what stands there.
function headBefore(code, place) {
  let depth = 0;
  for (let i = place - 1; i >= 0; i -= 1) {
    const character = code[i];
    if (character === ')') depth += 1;
    if (character === '(') depth -= 1;
    const opening = character === '}' ? code.lastIndexOf('{', i) : -1;
    if (opening > 0 && /\w/.test(code[opening - 1])) i = opening;
    else if (depth < 0 || (depth === 0 && /[;{}]/.test(character))) return code.slice(i + 1, place);
  }
  return code.slice(0, place);
}

function kindOf(head) {
  const bare = head.replace(/^\s*#.*$/gm, '').trim();
  const start = bare.replace(/^(?:public|private|protected|case [^:]*|default)\s*:/, '').trim();
  if (/^(?:else\b|do\b|try\b)|^(?:if|for|while|switch)\b/.test(start)) return 'control';
  if (/\]\s*(?:\([^{}]*\))?\s*(?:mutable|noexcept|const)?\s*(?:->[^{}]*)?$/.test(start)) {
    return 'function';
  }
  if (type.test(start.replace(/<[^<>]*>|\([^()]*\)/g, '')) && !/\)\s*(?:const)?$/.test(start)) {
    return 'type';
  }
  const isCall = /\)\s*(?:const|noexcept|override|final|->[^{}]*|:[\s\S]*)*$/.test(start);
  return isCall && !control.test(start.split('(')[0]) ? 'function' : 'value';
}

function parameterCount(head) {
  const open = head.indexOf('(', head.startsWith('DANJI_EXPORT') ? head.indexOf(')') : 0);
  if (open < 0) return 0;
  let depth = 0;
  let commas = 0;
  for (let i = open; i < head.length; i += 1) {
    if ('(<[{'.includes(head[i])) depth += 1;
    if (')>]}'.includes(head[i])) depth -= 1;
    if (head[i] === ',' && depth === 1) commas += 1;
    if (depth === 0) return /^\s*$/.test(head.slice(open + 1, i)) ? 0 : commas + 1;
  }
  return commas + 1;
}

/** Every function body: { line, length, parameters, nesting }; a lambda is one of its own. */
export function functionsIn(text) {
  const code = bareCode(text);
  const open = [];
  const found = [];
  for (let i = 0; i < code.length; i += 1) {
    if (code[i] === '{') {
      const head = headBefore(code, i);
      const kind = kindOf(head);
      const outer = open.findLast((block) => block.kind === 'function');
      const isElse = /^\s*else\b/.test(head);
      const block = { kind, start: i, head: head.trim(), nesting: 0, depth: 0 };
      if (kind === 'control' && outer) {
        outer.depth += 1;
        outer.nesting = Math.max(outer.nesting, outer.depth);
        block.owner = outer;
        block.isElse = isElse;
      }
      open.push(block);
    } else if (code[i] === '}') {
      const block = open.pop();
      if (block?.owner) block.owner.depth -= 1;
      if (block?.kind === 'function') found.push(describe(code, block, i));
    }
  }
  return found;
}

function describe(code, block, end) {
  const headStart = block.start - block.head.length;
  const line = lineAt(code, headStart);
  return {
    line,
    length: lineAt(code, end) - line + 1,
    parameters: parameterCount(block.head),
    nesting: block.nesting,
  };
}

/** The files named by `#include`, as { line, name, own }: own for "…", not own for <…>. */
export function includesIn(file) {
  return file.lines.flatMap((text, index) => {
    const match = /^\s*#\s*include\s*(["<])([^">]+)[">]/.exec(text);
    return match ? [{ line: index + 1, name: match[2], own: match[1] === '"' }] : [];
  });
}

// What examples promise about themselves in comments, made into assertions.
import assert from 'node:assert/strict';

const marks = /^(\s*)(.*?);?\s*\/\/ (=>|throws|prints) (.+)$/;

/** How many promises an example's code makes. */
export function countExpectations(code) {
  return code.split('\n').filter((line) => marks.test(line)).length;
}

/** The same program with its promises as assertions; line by line, so places stay the same. */
export function withAssertions(code) {
  if (countExpectations(code) === 0) return code;
  const lines = code.split('\n').map(assertionFor);
  return `import * as promised from '${import.meta.url}'; ${lines.join('\n')}\n`;
}

function assertionFor(line) {
  const found = marks.exec(line);
  if (found === null) return line;
  const [, indent, statement, kind, rest] = found;
  if (kind === 'prints') return line;
  if (kind === 'throws') {
    const start = statement.startsWith('await ') ? 'await ' : '';
    const body = start === '' ? `() => { ${statement}; }` : `async () => { ${statement}; }`;
    return `${indent}${start}promised.fails(${body}, ${JSON.stringify(rest.trim())});`;
  }
  const declared = /^(?:const|let) (\w+) = /.exec(statement);
  const subject = declared === null ? `(${statement})` : declared[1];
  const before = declared === null ? '' : `${statement}; `;
  const shown = JSON.stringify(line.trim());
  return `${indent}${before}promised.equals(${subject}, (${rest}), ${shown});`;
}

/** The lines that an example says it prints, in order. */
export function printedLines(code) {
  return code.split('\n').flatMap((line) => {
    const found = marks.exec(line);
    return found?.[3] === 'prints' ? [found[4].trim()] : [];
  });
}

export function equals(actual, expected, line) {
  assert.deepEqual(actual, expected, `not what this line says: ${line}`);
}

/** `code` is a DanjiError's code, or the name of another error. */
export function fails(call, code) {
  const isMeant = (error) => {
    assert.equal(error.code ?? error.name, code, `failed with ${error}`);
    return true;
  };
  if (call.constructor === (async () => {}).constructor) return assert.rejects(call, isMeant);
  return assert.throws(call, isMeant);
}

// Tables of what benchmarks measured.

/** Rows of texts; all columns but the first are numbers and stand on the right. */
export function printTable(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log(`\n${title}\n`);
  for (const row of rows) {
    const [first, ...others] = row;
    const cells = others.map((text, column) => text.padStart(widths[column + 1]));
    console.log(`  ${[first.padEnd(widths[0]), ...cells].join('   ')}`.trimEnd());
  }
  console.log('');
}

export function duration(nanos) {
  if (nanos < 1000) return `${nanos.toFixed(nanos < 100 ? 1 : 0)} ns`;
  if (nanos < 1e6) return `${(nanos / 1000).toFixed(nanos < 1e5 ? 1 : 0)} µs`;
  return `${(nanos / 1e6).toFixed(nanos < 1e8 ? 1 : 0)} ms`;
}

export function ratio(nanos, base) {
  const times = nanos / base;
  return `×${times.toFixed(times < 10 ? 1 : 0)}`;
}

/** Milliseconds; a dash for what took too long, or was not asked. */
export function millis(number) {
  return number === undefined ? '–' : duration(number * 1e6);
}

const isKnown = (number) => number !== undefined && !Number.isNaN(number);
const count = (number) => (isKnown(number) ? Math.round(number).toLocaleString('en') : '–');

/** Of a library's numbers in one scenario, or of null. */
function column(answers, show) {
  return (name) => show(answers[name] ?? {});
}

export function serverRows(names, titles, { latency, rate, kills, manyWriters }) {
  const columns = [
    ['1 and 100 readers', column(rate, (one) => `${count(one.rate)}/s`)],
    ['100 × 20 sets', column(manyWriters, (one) => millis(one.millis))],
    ['set to listener', column(latency, (one) => millis(one.millis))],
    ['bytes, alone', column(latency, (one) => count(one.bytesEach))],
    ['bytes, of 100', column(manyWriters, (one) => count(one.bytesEach))],
    ['lost', column(kills, (one) => lostOf(one))],
  ];
  return tableOf(names, titles, columns);
}

function lostOf({ lost, accepted, kills }) {
  return lost === undefined ? '–' : `${lost} of ${accepted} (${kills} kills)`;
}

export function tabRows(names, titles, answers) {
  const perSecond = (number) => `${count(number)}/s`;
  return tableOf(names, titles, [
    ['tab to tab', column(answers, (one) => millis(one.tabMillis))],
    ['in one loop', column(answers, (one) => perSecond(one.perSecond))],
    ['one in a task', column(answers, (one) => perSecond(one.perSecondApart))],
    ['first read', column(answers, (one) => millis(one.readMillis))],
    ['one write kept', column(answers, (one) => millis(one.keepMillis))],
  ]);
}

const nanos = (number) => (isKnown(number) ? duration(number) : '–');
const bytes = (number) => (isKnown(number) ? number.toFixed(number < 100 ? 1 : 0) : '–');
const kilobytes = (number) => (isKnown(number) ? `${count(number / 1000)} kB` : '–');

const replicaColumns = {
  writes: [
    ['each set', 'sendNanos', nanos],
    ['bytes', 'sendBytes', bytes],
    ['of 100 together', 'groupNanos', nanos],
    ['bytes', 'groupBytes', bytes],
    ['bytes, one in a task', 'taskBytes', bytes],
    ['those applied, each', 'applyNanos', nanos],
    ['all at once, each', 'applyAllNanos', nanos],
  ],
  apart: [['until they agree', 'millis', millis], ['bytes', 'bytes', count]],
  counter: [
    ['each increment', 'nanos', nanos],
    ['until they agree', 'millis', millis],
    ['bytes', 'bytes', count],
  ],
  entries: [
    ['saved', 'saveMillis', millis],
    ['loaded, one read', 'readMillis', millis],
    ['all read', 'allMillis', millis],
    ['size', 'bytes', kilobytes],
    ['packed', 'packed', kilobytes],
    ['memory', 'resident', kilobytes],
  ],
  memory: [['with all keys', 'bytes', kilobytes], ['more after overwriting', 'grown', kilobytes]],
};

export function replicaRows(scenario, answers) {
  const columns = replicaColumns[scenario].map(([title, key, show]) => [
    title,
    column(answers, (one) => show(one[key])),
  ]);
  return tableOf(Object.keys(answers), {}, columns);
}

function tableOf(names, titles, columns) {
  return [
    ['', ...columns.map(([title]) => title)],
    ...names.map((name) => [titles[name] ?? name, ...columns.map(([, show]) => show(name))]),
  ];
}

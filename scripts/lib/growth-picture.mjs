// A picture of what operations cost while something grows: one chart for each axis, side by side,
// both of whose scales are logarithmic, so that a flat line means a cost that does not grow.
import { duration } from './bench-report.mjs';

// Told apart by whoever sees few colours, too.
const colours = ['#0072b2', '#009e73', '#d55e00', '#8e44ad', '#555555'];

const chart = { width: 560, height: 420, left: 62, right: 74, top: 128, bottom: 46 };
const columns = 2;

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const rounded = (number) => Number(number.toFixed(1));

/** A place on a line of `length` for numbers between `least` and `most`. */
function logScale([least, most], length) {
  const span = Math.log(most) - Math.log(least);
  return (number) => rounded(((Math.log(number) - Math.log(least)) / span) * length);
}

/** The powers of ten around all numbers. */
function decadesAround(numbers) {
  const exponents = numbers.map((number) => Math.log10(number));
  const first = Math.floor(Math.min(...exponents));
  const last = Math.max(Math.ceil(Math.max(...exponents)), first + 1);
  return Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));
}

const shownCount = (count) => count.toLocaleString('en');
const shownDecade = (nanos) => duration(nanos).replace('.0', '');

function text(content, place, more = '') {
  return `<text x="${place.x}" y="${place.y}" ${more}>${escaped(content)}</text>`;
}

function grid({ x, y, sizes, decades, width, height }) {
  const across = decades.map(
    (nanos) =>
      `<line x1="0" x2="${width}" y1="${y(nanos)}" y2="${y(nanos)}" stroke="#ddd"/>` +
      text(shownDecade(nanos), { x: -8, y: y(nanos) + 4 }, 'text-anchor="end" fill="#555"'),
  );
  const below = sizes.map(
    (size) =>
      `<line x1="${x(size)}" x2="${x(size)}" y1="${height}" y2="${height + 5}" stroke="#555"/>` +
      text(shownCount(size), { x: x(size), y: height + 20 }, 'text-anchor="middle" fill="#555"'),
  );
  return [...across, ...below].join('\n');
}

/** Heights for labels of lines' ends: in the order of the lines, none over another, all inside. */
function labelHeights(ends, height) {
  const order = [...ends.keys()].sort((one, other) => ends[one] - ends[other]);
  const heights = [];
  let least = -Infinity;
  for (const place of order) {
    heights[place] = Math.max(ends[place] + 4, least);
    least = heights[place] + 14;
  }
  let most = height;
  for (const place of order.reverse()) {
    heights[place] = Math.min(heights[place], most);
    most = heights[place] - 14;
  }
  return heights;
}

function lines({ curves, x, y, height }) {
  const heights = labelHeights(curves.map(({ points }) => y(points.at(-1).nanos)), height);
  return curves.map(({ title, points }, place) => {
    const colour = colours[place % colours.length];
    const corners = points.map(({ size, nanos }) => `${x(size)},${y(nanos)}`);
    const dots = corners.map((corner) => {
      const [cx, cy] = corner.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`;
    });
    const end = text(
      duration(points.at(-1).nanos),
      { x: x(points.at(-1).size) + 10, y: heights[place] },
      `fill="${colour}" font-weight="600"`,
    );
    const line =
      `<polyline points="${corners.join(' ')}" fill="none" stroke="${colour}" stroke-width="2">` +
      `<title>${escaped(title)}</title></polyline>`;
    return [line, ...dots, end].join('\n');
  }).join('\n');
}

function legend(curves) {
  return curves.map(({ title }, place) => {
    const y = 44 + 17 * place;
    const colour = colours[place % colours.length];
    return `<rect x="0" y="${y - 5}" width="18" height="3" fill="${colour}"/>` +
      text(title, { x: 26, y });
  }).join('\n');
}

function drawChart({ title, curves }, place) {
  const width = chart.width - chart.left - chart.right;
  const height = chart.height - chart.top - chart.bottom;
  const sizes = curves[0].points.map(({ size }) => size);
  const decades = decadesAround(curves.flatMap(({ points }) => points.map(({ nanos }) => nanos)));
  const x = logScale([sizes[0], sizes.at(-1)], width);
  const up = logScale([decades[0], decades.at(-1)], height);
  const y = (nanos) => rounded(height - up(nanos));
  const left = (place % columns) * chart.width + chart.left;
  const top = Math.floor(place / columns) * chart.height + 40;
  return `<g transform="translate(${left} ${top})">
${text(title, { x: 0, y: 20 }, 'font-size="15" font-weight="600"')}
${legend(curves)}
<g transform="translate(0 ${chart.top})">
${grid({ x, y, sizes, decades, width, height })}
${lines({ curves, x, y, height })}
</g>
</g>`;
}

/** `charts` are lists of { title, curves: [{ title, points: [{ size, nanos }] }] }. */
export function growthPicture(title, charts) {
  const width = columns * chart.width;
  const height = Math.ceil(charts.length / columns) * chart.height + 50;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" \
font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="${width}" height="${height}" fill="white"/>
${text(title, { x: chart.left, y: 32 }, 'font-size="18" font-weight="700"')}
${charts.map(drawChart).join('\n')}
</svg>
`;
}

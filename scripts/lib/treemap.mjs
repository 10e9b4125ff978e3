// A treemap: rectangles in rectangles, each as large as what it stands for.
//
// A node is { name, size, children } or a leaf { name, size }. Halves of about the same size are
// put side by side, along the longer side, until each has a rectangle of its own.

const header = 15;
const gap = 1;
const colours = [
  '#4e79a7', '#f28e2b', '#76b7b2', '#59a14f', '#edc948', '#b07aa1', '#ff9da7', '#9c755f', '#bab0ac',
];

/** Lists of nodes with their rectangles, in the order of their sizes. */
export function layOut(nodes, { x, y, width, height }) {
  const sorted = nodes.filter(({ size }) => size > 0).sort((one, other) => other.size - one.size);
  if (sorted.length === 0) return [];
  if (sorted.length === 1) return [{ node: sorted[0], x, y, width, height }];
  const sum = sorted.reduce((total, { size }) => total + size, 0);
  let count = 1;
  let first = sorted[0].size;
  while (count < sorted.length - 1 && first + sorted[count].size <= sum / 2) {
    first += sorted[count++].size;
  }
  const isWide = width >= height;
  const length = ((isWide ? width : height) * first) / sum;
  const [one, other] = isWide
    ? [{ x, y, width: length, height }, { x: x + length, y, width: width - length, height }]
    : [{ x, y, width, height: length }, { x, y: y + length, width, height: height - length }];
  return [...layOut(sorted.slice(0, count), one), ...layOut(sorted.slice(count), other)];
}

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const places = (...numbers) => numbers.map((number) => number.toFixed(1));

function label({ x, y, width, height }, text, more = '') {
  const letters = Math.floor((width - 4) / 6.5);
  if (height < 11 || letters < 4) return '';
  const shown = text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
  const [left, base] = places(x + 3, y + 10);
  return `<text x="${left}" y="${base}"${more}>${escaped(shown)}</text>`;
}

function draw(placed, { path, colour, depth }) {
  const { node, ...box } = placed;
  const [x, y, width, height] = places(
    box.x, box.y, Math.max(box.width - gap, 0), Math.max(box.height - gap, 0),
  );
  const name = [...path, node.name].join(' / ');
  const title = `<title>${escaped(name)}: ${node.size.toLocaleString('en')} bytes</title>`;
  const opacity = node.children ? 0.25 : 0.65;
  const own =
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour}" ` +
    `fill-opacity="${opacity}">${title}</rect>`;
  const weight = node.children ? ' font-weight="600"' : '';
  const said = node.children ? `${node.name} ${(node.size / 1000).toFixed(1)} kB` : node.name;
  const inner = {
    x: box.x + 2, y: box.y + header, width: box.width - 4, height: box.height - header - 2,
  };
  const hasRoom = node.children && inner.width > 4 && inner.height > 4;
  const children = hasRoom ? layOut(node.children, inner) : [];
  const below = children.map((child, place) =>
    draw(child, {
      path: [...path, node.name],
      colour: depth === 0 ? colours[place % colours.length] : colour,
      depth: depth + 1,
    }),
  );
  return [own, label(box, said, weight), ...below].join('\n');
}

/** The whole as an SVG. */
export function treemap(root, { width, height }) {
  const whole = { node: root, x: 0, y: 0, width, height };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" \
font-family="system-ui, sans-serif" font-size="10" fill="#111">
<rect width="${width}" height="${height}" fill="white"/>
${draw(whole, { path: [], colour: '#dddddd', depth: 0 })}
</svg>
`;
}

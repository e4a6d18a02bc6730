// Draws our icons as PNG, for phones and browsers that take no SVG. It knows what they are made of: rectangles with
// round corners, and rings.
import { crc32, deflateSync } from "node:zlib";

const FINE = 4; // Points looked at in each direction of a pixel.

const colour = (text) => {
  const digits = text.slice(1);
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g);
  return pairs.map((pair) => parseInt(pair, 16));
};

function isInRectangle({ width, height, rx = 0 }, x, y) {
  const [beyondX, beyondY] = [Math.max(rx - x, x - (width - rx), 0), Math.max(rx - y, y - (height - rx), 0)];
  return Math.hypot(beyondX, beyondY) <= rx || (beyondX === 0 && beyondY === 0);
}

const isOnRing = ({ cx, cy, r, "stroke-width": width }, x, y) => Math.abs(Math.hypot(x - cx, y - cy) - r) <= width / 2;

function shapesOf(svg) {
  return [...svg.matchAll(/<(rect|circle) ([^>]*)\/>/g)].map(([, kind, text]) => {
    const plain = Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const numbers = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, Number(value)]));
    const isIn = kind === "rect" ? isInRectangle : isOnRing;
    return { colour: colour(kind === "rect" ? plain.fill : plain.stroke), covers: (x, y) => isIn(numbers, x, y) };
  });
}

// Red, green, blue and opacity of one pixel: the mean of its points, each in the colour of what lies on top there.
function pixel(shapes, left, top, step) {
  const sum = [0, 0, 0, 0];
  for (let point = 0; point < FINE * FINE; point++) {
    const [x, y] = [left + ((point % FINE) + 0.5) * step, top + (Math.floor(point / FINE) + 0.5) * step];
    const shape = shapes.findLast((one) => one.covers(x, y));
    if (shape) [...shape.colour, 255].forEach((value, index) => (sum[index] += value));
  }
  const seen = sum[3] / 255 || 1;
  return [...sum.slice(0, 3).map((value) => Math.round(value / seen)), Math.round(sum[3] / (FINE * FINE))];
}

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

// A PNG of `size` by `size` pixels (ISO/IEC 15948: eight bits a channel, with opacity, no filter).
export function png(svg, size) {
  const shapes = shapesOf(svg);
  const unit = Number(svg.match(/viewBox="0 0 (\d+) /)[1]) / size;
  const rows = Array.from({ length: size }, (_row, top) => [
    0,
    ...Array.from({ length: size }, (_pixel, left) => pixel(shapes, left * unit, top * unit, unit / FINE)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const picture = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", picture), chunk("IEND", Buffer.alloc(0))]);
}

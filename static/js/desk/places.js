// Where something is in the text. The server counts code points of the whole text; JavaScript counts UTF-16 units of
// one line. A place is {line, unit}: `unit` lies between 0 and the length of that line's text.

export function placesOf(box) {
  const lines = [...box.querySelectorAll("[data-start]")].map((element, number) => {
    const text = element.textContent;
    const isPlain = !/[\ud800-\udfff]/.test(text);
    return { element, number, text, isPlain, start: Number(element.dataset.start), length: isPlain ? text.length : [...text].length };
  });
  const byElement = new Map(lines.map((line) => [line.element, line]));

  // The last line that begins at `point` or before it.
  function lineAt(point) {
    let [low, high] = [0, lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle].start <= point) low = middle;
      else high = middle - 1;
    }
    return lines[low];
  }

  function toPoint({ line, unit }) {
    return line.start + (line.isPlain ? unit : [...line.text.slice(0, unit)].length);
  }

  function unitOf(line, points) {
    if (line.isPlain) return Math.min(points, line.length);
    return [...line.text].slice(0, points).join("").length;
  }

  // Where a coding begins, or where it ends: not in the line break between two lines, but beside it.
  function fromPoint(point, isEnd = false) {
    const line = lineAt(isEnd ? point - 1 : point);
    const next = lines[line.number + 1];
    if (!isEnd && next && point - line.start >= line.length) return { line: next, unit: 0 };
    return { line, unit: unitOf(line, Math.max(0, point - line.start)) };
  }

  // The place of what the browser calls (node, offset); nothing outside the text.
  function ofNode(node, offset) {
    if (node === box) {
      const child = box.children[Math.min(offset, box.children.length - 1)];
      return child && { line: byElement.get(child), unit: offset >= box.children.length ? child.textContent.length : 0 };
    }
    const element = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-start]");
    const line = byElement.get(element);
    if (!line) return null;
    return { line, unit: node.nodeType === Node.TEXT_NODE ? offset : offset ? line.text.length : 0 };
  }

  // Without white space at its ends; nothing if there is nothing else.
  function trimmed(from, to) {
    while (before(from, to) && (from.unit >= from.line.text.length || /\s/.test(from.line.text[from.unit]))) {
      from = from.unit < from.line.text.length ? { line: from.line, unit: from.unit + 1 } : { line: lines[from.line.number + 1], unit: 0 };
    }
    while (before(from, to) && (to.unit === 0 || /\s/.test(to.line.text[to.unit - 1]))) {
      const above = lines[to.line.number - 1];
      to = to.unit > 0 ? { line: to.line, unit: to.unit - 1 } : { line: above, unit: above.text.length };
    }
    return before(from, to) ? { from, to } : null;
  }

  function before(one, other) {
    return one.line === other.line ? one.unit < other.unit : one.line.number < other.line.number;
  }

  function words({ from, to }) {
    if (from.line === to.line) return from.line.text.slice(from.unit, to.unit);
    const between = lines.slice(from.line.number + 1, to.line.number).map((line) => line.text);
    return [from.line.text.slice(from.unit), ...between, to.line.text.slice(0, to.unit)].join(" ");
  }

  function range({ from, to }) {
    const [start, end] = [from.line.element.firstChild, to.line.element.firstChild];
    return new StaticRange({ startContainer: start, startOffset: from.unit, endContainer: end, endOffset: to.unit });
  }

  return { lines, toPoint, fromPoint, ofNode, trimmed, before, words, range };
}

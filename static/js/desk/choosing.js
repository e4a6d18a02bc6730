// Choosing words: whatever the mouse or a finger selects, and by keyboard line by line (up, down), sentence by sentence
// (left, right) or word by word (Ctrl or Alt with left, right); Shift extends. Enter or a letter goes to the codes.
const STEPS = { ArrowDown: ["line", 1], ArrowUp: ["line", -1], ArrowRight: ["sentence", 1], ArrowLeft: ["sentence", -1] };
const SIZES = { word: 1, sentence: 2, line: 3 };
const LONGEST = 120;

export function chooserOf(desk, box, places, { onChoose, onPick }) {
  const shown = desk.querySelector("[data-desk-chosen]");
  const nothing = shown.textContent;
  const picked = "highlights" in CSS ? new Highlight() : null;
  const segmenters = Object.fromEntries(
    ["sentence", "word"].map((granularity) => [granularity, new Intl.Segmenter(document.documentElement.lang, { granularity })]),
  );
  // `first` is what was chosen before Shift began to extend it, `grain` the kind of step that chose it.
  let [chosen, first, grain] = [null, null, "line"];
  if (picked) CSS.highlights.set("app-picked", picked);

  // The stretches of a line that one step goes to: [from, to] in units, without white space around them.
  function stepsOf(line, unit) {
    if (unit === "line") return [[0, line.text.length]];
    return [...segmenters[unit].segment(line.text)]
      .filter((part) => (unit === "word" ? part.isWordLike : part.segment.trim()))
      .map((part) => [part.index, part.index + part.segment.trimEnd().length]);
  }

  function next(place, unit) {
    for (let { line, unit: at } = place; line; line = places.lines[line.number + 1], at = 0) {
      const step = stepsOf(line, unit).find(([from]) => from >= at);
      if (step) return { from: { line, unit: step[0] }, to: { line, unit: step[1] } };
    }
    return null;
  }

  function previous(place, unit) {
    for (let { line, unit: at } = place; line; line = places.lines[line.number - 1], at = Infinity) {
      const step = stepsOf(line, unit).findLast(([, to]) => to <= at);
      if (step) return { from: { line, unit: step[0] }, to: { line, unit: step[1] } };
    }
    return null;
  }

  function move(unit, way) {
    const from = chosen ?? { from: { line: places.lines[0], unit: 0 }, to: { line: places.lines[0], unit: 0 } };
    // After a line, its first sentence; after a sentence, its first word.
    const isFiner = chosen && SIZES[unit] < SIZES[grain];
    const step = way > 0 ? next(isFiner ? from.from : from.to, unit) : previous(isFiner ? from.to : from.from, unit);
    if (!step) return;
    grain = unit;
    choose(step, step);
  }

  // Grows at one end; what had grown at the other end shrinks first.
  function extend(unit, way) {
    if (!chosen) return move(unit, way);
    const whole = first ?? chosen;
    let { from, to } = chosen;
    if (way > 0) {
      if (places.before(from, whole.from)) from = earliest(next({ line: from.line, unit: from.unit + 1 }, unit)?.from, whole.from);
      else to = next(to, unit)?.to ?? to;
    } else if (places.before(whole.to, to)) {
      const back = previous({ line: to.line, unit: to.unit - 1 }, unit)?.to;
      to = back && places.before(whole.to, back) ? back : whole.to;
    } else {
      from = previous(from, unit)?.from ?? from;
    }
    choose({ from, to }, whole);
  }

  function earliest(one, other) {
    return one && places.before(one, other) ? one : other;
  }

  function choose(place, whole) {
    [chosen, first] = [place, whole];
    show();
    const selection = getSelection();
    const range = places.range(chosen);
    selection.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    chosen.to.line.element.scrollIntoView({ block: "nearest" });
  }

  function show() {
    picked?.clear();
    if (chosen) picked?.add(places.range(chosen));
    const words = chosen && places.words(chosen);
    shown.textContent = !chosen ? nothing : words.length > LONGEST ? `“${words.slice(0, LONGEST / 2)} … ${words.slice(-LONGEST / 2)}”` : `“${words}”`;
    onChoose(chosen);
  }

  function drop() {
    [chosen, first] = [null, null];
    getSelection().removeAllRanges();
    show();
  }

  // What mouse, finger or the browser's own keys select. A selection that goes elsewhere leaves the chosen words chosen.
  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || !box.contains(selection.anchorNode) || !box.contains(selection.focusNode)) return;
    const range = selection.getRangeAt(0);
    const [from, to] = [places.ofNode(range.startContainer, range.startOffset), places.ofNode(range.endContainer, range.endOffset)];
    if (!from || !to) return;
    if (range.collapsed) return onChoose({ from, to: from });
    const now = places.trimmed(from, to);
    if (!now || (chosen && same(now.from, chosen.from) && same(now.to, chosen.to))) return;
    [chosen, first, grain] = [now, now, "word"];
    show();
  }

  // A click beside the chosen words lets go of them.
  function clicked() {
    if (!chosen || !getSelection().isCollapsed) return;
    [chosen, first] = [null, null];
    show();
    selected();
  }

  function same(one, other) {
    return one.line === other.line && one.unit === other.unit;
  }

  function pressed(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const [unit, way] = STEPS[key] ?? [];
    if (unit) {
      if (metaKey || (unit === "line" && (ctrlKey || altKey))) return;
      (shiftKey ? extend : move)(ctrlKey || altKey ? "word" : unit, way);
    } else if (key === "Escape") {
      drop();
    } else if (key === "Enter") {
      onPick("");
    } else if ("letters" in desk.dataset && !ctrlKey && !altKey && !metaKey && /^\p{L}$/u.test(key)) {
      onPick(key);
    } else {
      return;
    }
    event.preventDefault();
  }

  box.addEventListener("keydown", pressed);
  box.addEventListener("click", clicked);
  document.addEventListener("selectionchange", selected);
  return {
    chosen: () => chosen && { ...chosen, start: places.toPoint(chosen.from), end: places.toPoint(chosen.to), words: places.words(chosen) },
    // After coding by keyboard, back to the text, on what was coded.
    leave(picker) {
      if (!picker.isUsed()) return;
      box.focus({ preventScroll: true });
    },
  };
}

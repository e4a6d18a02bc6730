// The codings of the text: drawn over it (CSS highlights: the text itself is left alone), listed for a place, added and
// taken back by one short request each.
import { newUuid } from "../uuid.js";

const COLOURS = [1, 2, 3, 4, 5, 6];
const PATIENCE = 15000;

export function codingsOf(desk, places, { codings: rows, codes, coders, me }) {
  const words = Object.fromEntries([...desk.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const [said, here, undo, stale] = ["said", "here", "undo", "stale"].map((name) => desk.querySelector(`[data-desk-${name}]`));
  const codings = rows.map(([key, start, end, code, coder, isOwn]) => ({ key, start, end, code, who: coders[coder], isOwn: !!isOwn }));
  const canDraw = "highlights" in CSS;
  let [last, at] = [null, null];

  function draw() {
    if (!canDraw) return;
    for (const colour of COLOURS) {
      const ranges = codings.filter((one) => codes[one.code][2] === colour).map(rangeOf);
      const highlight = new Highlight(...ranges);
      highlight.priority = colour;
      CSS.highlights.set(`app-code-${colour}`, highlight);
    }
  }

  function rangeOf({ start, end }) {
    return places.range({ from: places.fromPoint(start), to: places.fromPoint(end, true) });
  }

  function say(name, ...values) {
    said.textContent = values.reduce((sentence, value) => sentence.replace("%s", value), words[name] ?? name);
    undo.hidden = name !== "coded";
  }

  async function send(address, fields) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    const body = new URLSearchParams({ csrfmiddlewaretoken: desk.querySelector("[name=csrfmiddlewaretoken]").value, ...fields });
    try {
      const response = await fetch(address, { method: "POST", body, headers: { "X-Desk": "1" }, redirect: "manual", signal: stop.signal });
      const answer = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : null;
      return { isDone: response.ok && answer, answer };
    } catch {
      return { isDone: false, answer: null };
    } finally {
      clearTimeout(timer);
    }
  }

  async function add(code, { start, end, words: chosen }) {
    // The same words with the same code, tried again because no answer came, are the same coding.
    const same = last?.waits && last.code === code && last.start === start && last.end === end;
    last = { code, start, end, waits: true, guid: same ? last.guid : newUuid() };
    const { isDone, answer } = await send(desk.dataset.add, { code, start, end, guid: last.guid });
    if (!isDone) return say(answer?.sentence ?? "lost");
    // Merged into a code that was added meanwhile: the server knows how it is drawn.
    if (!codes[answer.code]) return location.reload();
    last = { ...last, waits: false, key: answer.key };
    if (answer.stands && !codings.some((one) => one.key === answer.key)) {
      codings.push({ key: answer.key, start, end, code: answer.code, who: me, isOwn: true });
      draw();
      remark(start, end);
    }
    say("coded", chosen.length > 60 ? `${chosen.slice(0, 60)}…` : chosen, codes[answer.code][0]);
    showAt(at);
    return true;
  }

  async function takeBack(key) {
    const { isDone, answer } = await send(desk.dataset.takeBack.replace("/0/", `/${key}/`), {});
    if (!isDone) return say(answer?.sentence ?? "lost");
    const gone = codings.findIndex((one) => one.key === key);
    const [{ start, end }] = codings.splice(gone, 1);
    draw();
    remark(start, end);
    say("taken-back");
    showAt(at);
  }

  // What the server listed has changed: the letters beside the lines are put right, the list can be asked for anew.
  function remark(start, end) {
    stale.hidden = false;
    for (const line of places.lines.filter((one) => one.start < end && one.start + one.length > start)) {
      const marks = new Set(codings.filter((one) => one.start < line.start + line.length && one.end > line.start).map((one) => codes[one.code][1]));
      if (marks.size) line.element.dataset.marks = [...marks].join(" ");
      else delete line.element.dataset.marks;
    }
  }

  // What is coded where the cursor is or the chosen words are.
  function showAt(place) {
    at = place;
    const list = here.querySelector("ul");
    const [start, end] = place ? [places.toPoint(place.from), places.toPoint(place.to)] : [0, 0];
    const found = place ? codings.filter((one) => one.start < Math.max(end, start + 1) && one.end > start) : [];
    list.replaceChildren(...found.slice(0, 20).map(item));
    here.hidden = !found.length;
  }

  function item(coding) {
    const [name, mark, colour] = codes[coding.code];
    const element = document.createElement("li");
    const letters = document.createElement("span");
    letters.className = `app-mark app-mark--${colour}`;
    letters.textContent = mark;
    letters.setAttribute("aria-hidden", "true");
    element.append(letters, ` ${name}, ${coding.who} `);
    if (coding.isOwn) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "app-link-button";
      button.textContent = words["take-back"];
      button.setAttribute("aria-label", `${words["take-back"]}: ${name}`);
      button.addEventListener("click", () => takeBack(coding.key));
      element.append(button);
    }
    return element;
  }

  undo.addEventListener("click", () => last?.key && takeBack(last.key));
  draw();
  return { add, say, showAt };
}

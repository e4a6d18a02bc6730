// The interview on a tablet. Each note, tick and pause is kept in this tab (sessionStorage) until the server has it, and is
// sent one by one, with how long ago it was: a connection that drops loses nothing and shifts no time. The page works
// without this; then each is an ordinary small form.
import { newUuid } from "./uuid.js";

const [PATIENCE, SOON, LATE] = [15000, 3000, 60000];
// drafts.js leaves a mark when a form is sent; what is handled here leads to no other page.
const SENT = "draft-sent";
const page = document.querySelector("[data-talk]");

if (page) start(page);

function start(page) {
  const part = (name) => page.querySelector(`[data-talk-${name}]`);
  const [said, signIn, protocol, list] = ["said", "sign-in", "protocol", "notes"].map(part);
  const [note, care] = [part("note").querySelector("form"), part("cared")];
  const words = Object.fromEntries([...page.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const waiting = storeOf("waiting", []);
  const typed = storeOf("typed", {});
  let [timer, isBusy, wait] = [0, false, SOON];

  function say(sentence) {
    if (said.textContent !== sentence) said.textContent = sentence;
  }

  function add(entry) {
    const whole = { guid: newUuid(), at: Date.now(), address: location.pathname, ...entry };
    waiting.set([...waiting.get(), whole]);
    if (!["covered", "uncovered"].includes(whole.kind)) showNote(whole);
    say(words.sending);
    send();
  }

  async function send() {
    clearTimeout(timer);
    const [entry] = waiting.get();
    if (isBusy || !entry) return;
    isBusy = true;
    const { outcome, answer } = await post(entry);
    isBusy = false;
    signIn.hidden = outcome !== "signed-out";
    if (outcome === "saved" || outcome === "refused") {
      waiting.set(waiting.get().filter((one) => one.guid !== entry.guid));
      wait = SOON;
      settle(entry, outcome, answer);
      return send();
    }
    say(words[outcome]);
    timer = setTimeout(send, wait);
    wait = Math.min(wait * 2, LATE);
  }

  function settle(entry, outcome, answer) {
    const item = list.querySelector(`[data-guid="${entry.guid}"]`);
    if (outcome === "refused") {
      item?.remove();
      // Nothing that was typed is thrown away.
      const box = note.elements.text;
      if (entry.text) box.value = [box.value, entry.text].filter(Boolean).join("\n\n");
      keepTyped();
      return say(answer.sentence);
    }
    if (item) item.querySelector("strong").textContent = answer.stamp;
    if (!waiting.get().some((one) => one.kind.endsWith("covered"))) showCovered(answer.covered);
    if (waiting.get().length === 0) say(words.saved);
  }

  async function post(entry, isRenewed = false) {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), PATIENCE);
    const { address, at, ...fields } = entry;
    const secret = page.querySelector("[name=csrfmiddlewaretoken]");
    const body = new URLSearchParams({
      ...fields,
      seconds_ago: Math.max(0, Math.round((Date.now() - at) / 1000)),
      csrfmiddlewaretoken: secret.value,
    });
    try {
      const response = await fetch(address, { method: "POST", body, headers: { "X-Talk": "1" }, redirect: "manual", signal: stop.signal });
      if (response.type === "opaqueredirect") return { outcome: "signed-out" };
      if (response.ok) return { outcome: "saved", answer: await response.json() };
      if (response.status === 400) return { outcome: "refused", answer: await response.json() };
      if (response.status !== 403 || isRenewed) return { outcome: "waiting" };
      // Signing in again changed the secret.
      const fresh = await fetch(location.pathname, { redirect: "manual", signal: stop.signal });
      if (!fresh.ok) return { outcome: "signed-out" };
      const renewed = new DOMParser().parseFromString(await fresh.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
      page.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => (one.value = renewed.value));
    } catch {
      return { outcome: "waiting" };
    } finally {
      clearTimeout(patience);
    }
    return post(entry, true);
  }

  function showNote({ guid, kind, text }) {
    const item = document.createElement("li");
    item.dataset.guid = guid;
    const stamp = document.createElement("strong");
    stamp.textContent = words["not-sent"];
    item.append(stamp, ` ${kind === "paused" ? words.protocol : text}`);
    list.prepend(item);
  }

  function showCovered(numbers) {
    page.querySelectorAll("[data-talk-tick]").forEach((form) => showTick(form, numbers.includes(Number(form.dataset.talkTick))));
  }

  function showTick(form, isCovered) {
    form.querySelector("button").setAttribute("aria-pressed", isCovered);
    form.elements.kind.value = isCovered ? "uncovered" : "covered";
  }

  function keepTyped() {
    typed.set({ text: note.elements.text.value, prompt: note.elements.prompt?.value ?? "", care: care.elements.text.value });
  }

  function handle(form, act) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.removeItem(SENT);
      act(form);
    });
  }

  handle(note, () => {
    const text = note.elements.text.value.trim();
    note.elements.text.focus();
    if (!text) return say(words.empty);
    note.elements.text.value = "";
    keepTyped();
    add({ kind: "note", text, prompt: note.elements.prompt?.value ?? "" });
  });
  page.querySelectorAll("[data-talk-tick]").forEach((form) =>
    handle(form, () => {
      const kind = form.elements.kind.value;
      showTick(form, kind === "covered");
      add({ kind, prompt: form.elements.prompt.value });
    }),
  );
  handle(part("pause"), () => {
    if (protocol.hidden) add({ kind: "paused" });
    protocol.hidden = false;
    protocol.scrollIntoView();
    protocol.focus();
  });
  handle(care, () => {
    const text = care.elements.text.value.trim();
    if (!text) {
      care.elements.text.focus();
      return say(words.empty);
    }
    care.elements.text.value = "";
    keepTyped();
    add({ kind: "cared", text, address: page.dataset.pause });
    leave();
  });
  part("back").addEventListener("click", leave);

  function leave() {
    protocol.hidden = true;
    part("pause").querySelector("button").focus();
  }

  page.querySelectorAll("[data-talk-on]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      note.elements.prompt.value = link.dataset.talkOn;
      keepTyped();
      note.elements.text.focus();
    }),
  );
  part("end")?.addEventListener("submit", (event) => {
    if (waiting.get().length === 0) return;
    event.preventDefault();
    say(words.unsent);
    send();
  });

  const left = typed.get();
  if (left.text && !note.elements.text.value) note.elements.text.value = left.text;
  if (left.prompt && note.elements.prompt && !note.elements.prompt.value) note.elements.prompt.value = left.prompt;
  if (left.care) care.elements.text.value = left.care;
  waiting.get().filter((one) => !one.kind.endsWith("covered")).forEach(showNote);
  for (const form of [note, care]) form.addEventListener("input", keepTyped);
  addEventListener("online", send);
  addEventListener("focus", send);
  addEventListener("beforeunload", (event) => waiting.get().length && event.preventDefault());
  send();
}

// In this tab, of this person and page; drafts.js removes what another person left, and all of it at sign-out.
function storeOf(name, none) {
  const key = `draft:${document.body.dataset.person}:talk-${name}:${location.pathname}`;
  let kept = JSON.parse(sessionStorage.getItem(key)) ?? none;
  return {
    get: () => kept,
    set(value) {
      kept = value;
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // Full: it is still on the page, and on its way.
      }
    },
  };
}

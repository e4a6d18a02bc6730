// Keeps what is typed in this tab until it is saved: a session that ran out, a lost connection or a slip of the finger
// takes nothing along. The tab's own memory (sessionStorage), by person and page; gone with the tab and at sign-out.
const PREFIX = "draft:";
// Under this stands which draft was last sent, until the page after it shows what became of it.
const SENT = "draft-sent";
const PAUSE = 400;

const NEVER = ["password", "file", "hidden", "submit", "button", "reset"];
const SECRET = /one-time-code|password/;
const CHOICES = ["checkbox", "radio"];

const { person, notSaved } = document.body.dataset;

const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !NEVER.includes(field.type) && !SECRET.test(field.autocomplete ?? ""));
const isChoice = (field) => CHOICES.includes(field.type);
const nameOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
const read = (form) =>
  Object.fromEntries(fieldsOf(form).map((field) => [nameOf(field), isChoice(field) ? field.checked : field.value]));
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function write(form, draft) {
  for (const field of fieldsOf(form)) {
    const value = draft[nameOf(field)];
    if (value === undefined) continue;
    if (isChoice(field)) field.checked = value;
    else field.value = value;
    // What a choice reveals, and how many characters are left, follow.
    field.dispatchEvent(new Event(isChoice(field) ? "change" : "input", { bubbles: true }));
  }
}

let isOver = false;

function keep(key, draft) {
  if (isOver) return;
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // No room: what is on the page is still on the page.
  }
}

const own = `${PREFIX}${person}:`;
const forget = (test) => Object.keys(sessionStorage).filter(test).forEach((key) => sessionStorage.removeItem(key));

// Those of forms that save themselves (autosave.js) too.
export function forgetDrafts() {
  isOver = true;
  forget((key) => key.startsWith(PREFIX) || key.startsWith("autosave:"));
}

// The page after a form: one of ours that was led to by it, without errors, means that it was saved.
function settleSent() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (!sent || !person || notSaved !== undefined || document.querySelector(".nhsuk-error-summary")) return;
  const [{ type }] = performance.getEntriesByType("navigation");
  const { from, key } = JSON.parse(sent);
  if (type !== "back_forward" && document.referrer === from) sessionStorage.removeItem(key);
}

function offer(form, key, fresh) {
  const kept = JSON.parse(sessionStorage.getItem(key));
  if (!kept || isSame(kept, fresh)) return sessionStorage.removeItem(key);
  write(form, kept);
  form.prepend(document.getElementById("draft-kept").content.cloneNode(true));
  const notice = form.firstElementChild;
  notice.querySelector("button").addEventListener("click", () => {
    write(form, fresh);
    sessionStorage.removeItem(key);
    notice.remove();
    fieldsOf(form)[0].focus();
  });
}

function follow(form, number) {
  const key = `${own}${location.pathname}${location.search}:${number}`;
  const fresh = read(form);
  let pause;
  const save = () => {
    pause = clearTimeout(pause);
    const draft = read(form);
    isSame(draft, fresh) && !isUnsaved ? sessionStorage.removeItem(key) : keep(key, draft);
  };
  // What comes back with errors, or to be gone on with, is what was typed last.
  const isUnsaved = form.dataset.draft === "typed" || document.querySelector(".nhsuk-error-summary") !== null;
  isUnsaved ? save() : offer(form, key, fresh);
  const soon = () => {
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => {
    save();
    keep(SENT, { from: location.href.split("#")[0], key });
  });
  addEventListener("pagehide", () => pause && save());
}

export function initDrafts() {
  settleSent();
  if (!person) return;
  forget((key) => key.startsWith(PREFIX) && !key.startsWith(own));
  document.querySelectorAll('form[data-draft][method="post"]').forEach(follow);
}

// Saves what is typed: a second after typing stops, again once a connection is back, and as the page goes.
// Until the server has it, it is kept in this tab (sessionStorage). One request at a time; the server tells by
// `sitting` and `step` which came first, should one get lost or come late.
const form = document.querySelector("form[data-autosave]");
const [STILL, PATIENCE, SOON, LATE] = [1000, 15000, 3000, 60000];
// The answers that a page can do nothing about but ask again.
const AGAIN = ["offline", "away"];

if (form) autosave(form);

function autosave(form) {
  const { text: box, revision, sitting, step, written_by: owner } = form.elements;
  const draft = draftFor(owner.value);
  // What the server has; of a form that came back with an error it has nothing.
  let saved = form.querySelector("[aria-invalid]") ? null : box.defaultValue;
  let [timer, busy, wait, state] = [0, null, SOON, ""];

  async function send(isLeaving) {
    const typed = box.value;
    const own = Number(step.value) + 1;
    step.value = own;
    keep();
    const response = await post(form, isLeaving);
    if (!response) return "offline";
    if (response.type === "opaqueredirect") return "signed-out";
    if (response.status === 409) return Number(step.value) === own ? "changed" : "late";
    if (response.status === 400) return refusal(response);
    if (!response.ok) return "away";
    ({ revision: revision.value } = await response.json());
    saved = typed;
    return "saved";
  }

  async function save(isLeaving = false) {
    clearTimeout(timer);
    if (busy) return busy;
    if (box.value === saved) return settle("saved");
    busy = send(isLeaving);
    const outcome = await busy;
    busy = null;
    return settle(outcome);
  }

  function settle(outcome) {
    // What came too late was followed by something newer, on its way or saved already.
    if (outcome === "saved" || outcome === "late") outcome = box.value === saved ? "saved" : "typing";
    if (outcome === "saved") draft.forget();
    if (outcome === "typing") timer = setTimeout(() => save(), STILL);
    if (AGAIN.includes(outcome)) timer = setTimeout(() => save(), wait);
    wait = AGAIN.includes(outcome) ? Math.min(wait * 2, LATE) : SOON;
    state = outcome;
    show(outcome);
    return outcome;
  }

  function keep() {
    draft.keep({ text: box.value, revision: revision.value, sitting: sitting.value, step: step.value });
  }

  function typed() {
    keep();
    // Another text is there now: it would only be refused again until both have been seen.
    if (state === "changed") return;
    // The last problem stays in sight until a saving says otherwise.
    if (!AGAIN.includes(state) && state !== "signed-out") show("typing");
    clearTimeout(timer);
    timer = setTimeout(() => save(), STILL);
  }

  const isWaiting = () => saved !== null && box.value !== saved && state !== "changed";

  function tryAgain() {
    if (isWaiting()) save();
  }

  async function submitted(event) {
    event.preventDefault();
    let outcome = await save();
    while (outcome === "typing" || outcome === "late" || (outcome === "saved" && box.value !== saved)) outcome = await save();
    if (outcome === "saved") location.assign(form.dataset.done);
    // The server's own page shows both texts, or says what to do.
    else if (outcome === "changed" || outcome === "refused") form.submit();
  }

  function leaving() {
    if (!isWaiting()) return;
    // What is on its way may be an older text.
    if (busy) send(true);
    else save(true);
  }

  const left = draft.read();
  if (left && left.text !== box.value && saved !== null) {
    [box.value, revision.value, sitting.value, step.value] = [left.text, left.revision, left.sitting, left.step];
    show("kept");
    timer = setTimeout(() => save(), STILL);
  } else if (saved !== null) {
    draft.forget();
  }
  box.addEventListener("input", typed);
  form.addEventListener("submit", submitted);
  addEventListener("online", tryAgain);
  addEventListener("focus", tryAgain);
  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => (document.hidden ? leaving() : tryAgain()));
}

// The answer, or nothing where there is no connection. A stale secret is renewed once: signing in again changes it.
async function post(form, isLeaving, isRenewed = false) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Autosave": "1" },
      redirect: "manual",
      keepalive: isLeaving,
      signal: stop.signal,
    });
    if (response.status !== 403 || isRenewed) return response;
    const page = await fetch(location.pathname, { redirect: "manual", signal: stop.signal });
    if (!page.ok) return page;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    form.elements.csrfmiddlewaretoken.value = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
  return post(form, isLeaving, true);
}

async function refusal(response) {
  const { sentence } = await response.json();
  document.querySelector("[data-sentence]").textContent = sentence;
  return "refused";
}

// Shows one state. Spoken is only what has changed, and never that somebody is typing.
function show(state) {
  const states = document.querySelector("[data-autosave-states]");
  states.querySelectorAll("[data-state]").forEach((one) => (one.hidden = one.dataset.state !== state));
  if (state === "typing") return;
  const said = document.querySelector("[data-autosave-said]");
  const words = states.querySelector(`[data-state="${state}"]`).textContent.trim();
  if (said.textContent !== words) said.textContent = words;
}

// What one person has typed on this page and not saved. Whatever another left in this tab is thrown away.
function draftFor(owner) {
  const prefix = "autosave:";
  const key = `${prefix}${owner}:${location.pathname}`;
  const foreign = (name) => name.startsWith(prefix) && !name.startsWith(`${prefix}${owner}:`);
  Object.keys(sessionStorage).filter(foreign).forEach((name) => sessionStorage.removeItem(name));
  return {
    read: () => JSON.parse(sessionStorage.getItem(key)),
    forget: () => sessionStorage.removeItem(key),
    keep(typed) {
      try {
        sessionStorage.setItem(key, JSON.stringify(typed));
      } catch {
        // Full: it is still in the box, and on its way.
      }
    },
  };
}

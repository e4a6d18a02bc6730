// Turning it on and off for this device, and removing what another person left on it.
import { turnOff, turnOn } from "./keep.js";
import { canKeep, isOn } from "./store.js";

const part = (place, name) => place.querySelector(`[data-choice="${name}"]`);

async function show(place) {
  const on = canKeep && (await isOn());
  const state = on ? "on" : canKeep ? "off" : "cannot";
  ["on", "off", "cannot"].forEach((name) => (part(place, name).hidden = name !== state));
}

const isFull = (error) => error?.name === "QuotaExceededError";

export async function initChoose(place) {
  const failed = (name) => ["full", "away"].forEach((one) => (part(place, one).hidden = one !== name));
  part(place, "turn-on").addEventListener("click", async ({ target }) => {
    target.disabled = true;
    try {
      await turnOn({ person: document.body.dataset.person, ...place.dataset });
      failed("");
    } catch (error) {
      failed(isFull(error) ? "full" : "away");
    }
    target.disabled = false;
    await show(place);
  });
  part(place, "turn-off").addEventListener("click", () => turnOff().then(() => show(place)));
  await show(place);
}

// [data-kept]: shown where this device keeps something, with a button that removes it.
export async function initKept(place) {
  place.hidden = !(await isOn());
  place.querySelector("button").addEventListener("click", async () => {
    await turnOff();
    place.hidden = true;
    document.querySelectorAll("[data-kept-gone]").forEach((sentence) => (sentence.hidden = false));
  });
}

// On each page, once this device keeps something: is it still the same person, and can what waits be sent?
import { keepTrying } from "./sending.js";
import { refresh } from "./keep.js";
import { isOn, owner, whenChanged, wipe } from "./store.js";
import { showWaiting } from "./waiting.js";

async function settle() {
  if (!(await isOn())) return;
  const { person } = document.body.dataset;
  const record = await owner();
  // Someone else, or a record that was cleared away: what is left belongs to nobody here.
  if (!record || (person && person !== record.person)) return wipe();
  whenChanged(() => showWaiting());
  keepTrying();
  if (person) await refresh().catch(() => {});
}

export const initOffline = () => settle().catch(() => {});

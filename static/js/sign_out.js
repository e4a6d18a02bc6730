// Signing out takes along all that this device keeps. What waits is sent first; if it can't be, its owner decides.
import { forgetDrafts } from "./drafts.js";
import { send } from "./offline/queue.js";
import { entries, isOn, wipe } from "./offline/store.js";

const PATIENCE = 4_000;

const patiently = (promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);

async function mayLeave(question) {
  if (!(await isOn())) return true;
  await patiently(send());
  if ((await entries()).length && !confirm(question)) return false;
  await wipe();
  return true;
}

export function initSignOut() {
  const own = document.querySelector("form[data-sign-out]");
  if (!own) return;
  document.addEventListener("submit", async (event) => {
    if (event.target.action !== own.action) return;
    event.preventDefault();
    if (!(await mayLeave(own.dataset.signOut).catch(() => true))) return;
    forgetDrafts();
    event.target.submit();
  });
}

// Flare-ups that were logged without a connection: kept under a number of their own, sent once there is one. The server
// knows the number, so what is sent twice is one entry.
import { announce, entries, isOn, owner, putEntry, removeEntry, wipe } from "./store.js";

const LOCK = "peersupport-send";
export const SENT = "sent";
export const AWAY = "away";
export const SIGNED_OUT = "signed out";
export const NOTHING = "nothing";

const parts = (date) => ({ day: `${date.getDate()}`, month: `${date.getMonth() + 1}`, year: `${date.getFullYear()}` });

// The day is the one on this device's own calendar at the moment of the tap.
export async function add({ client_id = crypto.randomUUID(), day = parts(new Date()), isGuess = false } = {}) {
  const { person } = await owner();
  const entry = { client_id, person, day, is_start_approximate: isGuess, tapped_at: new Date().toISOString(), problem: "" };
  await putEntry(entry);
  announce();
  return entry;
}

export async function remove(client_id) {
  await removeEntry(client_id);
  announce();
}

async function whoSends(address) {
  const answer = await fetch(address, { redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } });
  if (answer.type === "opaqueredirect") return null;
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function post(entry, { sendTo }, token) {
  const body = new URLSearchParams({ client_id: entry.client_id, person: entry.person });
  Object.entries(entry.day).forEach(([part, value]) => body.set(`started_on_${part}`, value));
  if (entry.is_start_approximate) body.set("is_start_approximate", "on");
  return fetch(sendTo, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token } });
}

// Whether it has arrived. An answer that says what is wrong is kept with its entry and holds up no other.
async function settle(entry, answer) {
  if (answer.ok) await removeEntry(entry.client_id);
  else if (answer.status === 400) await putEntry({ ...entry, problem: (await answer.json()).problem });
  else throw new Error(answer.status);
  return answer.ok;
}

async function sendAll() {
  const waiting = (await entries()).filter((entry) => !entry.problem);
  const record = await owner();
  if (!waiting.length || !record) return NOTHING;
  const sent = [];
  try {
    const sender = await whoSends(record.sendTo);
    if (!sender) return SIGNED_OUT;
    if (sender.person !== record.person) {
      await wipe();
      return NOTHING;
    }
    for (const entry of waiting) {
      if (await settle(entry, await post(entry, record, sender.token))) sent.push(entry.client_id);
    }
    return SENT;
  } catch {
    return AWAY;
  } finally {
    announce(sent);
  }
}

// From one tab at a time; a second one has nothing left to send when its turn comes.
export async function send() {
  if (!(await isOn())) return NOTHING;
  return "locks" in navigator ? navigator.locks.request(LOCK, sendAll) : sendAll();
}

// The browser tells the worker once there is a connection, even when no page of ours is open. Not every browser can.
export async function askToSendLater() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(LOCK).catch(() => {});
}

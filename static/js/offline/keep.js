// Copies the one page that is kept, with the sheets, scripts and pictures it is drawn with.
import { isOn, openCache, owner, setOwner, wipe } from "./store.js";

const STALE_AFTER = 60_000;

function drawnWith(html, base) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const parts = page.querySelectorAll('script[src], link[rel="stylesheet"], link[rel="icon"]');
  return [...parts].map((part) => new URL(part.getAttribute("src") ?? part.getAttribute("href"), base).href);
}

// First what the page needs, then the page, then what is no longer needed goes: it is whole at any moment.
async function copy(address) {
  const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) throw new Error(answer.status);
  const page = new URL(address, location.href).href;
  const parts = drawnWith(await answer.clone().text(), page);
  const cache = await openCache();
  await cache.addAll(parts);
  await cache.put(page, answer);
  const needed = new Set([page, ...parts]);
  const kept = await cache.keys();
  await Promise.all(kept.filter(({ url }) => !needed.has(url)).map((request) => cache.delete(request)));
}

// Throws where there is no connection or no room; then nothing stays behind.
export async function turnOn({ person, worker, page, sendTo, log }) {
  try {
    await navigator.serviceWorker.register(worker);
    await navigator.serviceWorker.ready;
    await setOwner({ person, page, sendTo, log, keptAt: Date.now() }, true);
    await copy(page);
  } catch (error) {
    await turnOff();
    throw error;
  }
  // Or a browser short of room might clear away what waits to be sent.
  navigator.storage?.persist?.().catch(() => {});
}

// The worker stays where it also shows notifications.
export async function turnOff() {
  await wipe();
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && !(await registration.pushManager?.getSubscription())) await registration.unregister();
}

export async function refresh() {
  const record = await owner();
  if (Date.now() - record.keptAt < STALE_AFTER) return;
  await copy(record.page);
  if (await isOn()) await setOwner({ ...record, keptAt: Date.now() });
}

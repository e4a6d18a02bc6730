// Stands between this device and us. It shows the notifications that we send; and where someone turned on that this
// device keeps a page for when there is no connection, it answers with that page. It keeps nothing by itself.
import { add, AWAY, send } from "./offline/queue.js";
import { isOn, openCache, owner } from "./offline/store.js";

const PATIENCE = 10_000;
const DRAWN_WITH = ["style", "script", "image"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Notifications

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});

// Without a connection

const kept = async (address) => (await openCache()).match(address, { ignoreSearch: true });

// The ordinary button was tapped, and its answer never came: the entry keeps the number it was made with.
async function keepTap({ log }, sent) {
  if (new URL(sent.url).pathname !== log) return false;
  const form = await sent.formData();
  const parts = ["day", "month", "year"].map((part) => [part, form.get(`started_on_${part}`)]);
  const day = form.has("started_on_day") ? Object.fromEntries(parts) : undefined;
  await add({ client_id: form.get("client_id"), day, isGuess: form.has("is_start_approximate") });
  return true;
}

async function withoutConnection(sent, error) {
  if (!(await isOn())) throw error;
  const record = await owner();
  if (!sent) return (await kept(record.page)) ?? Promise.reject(error);
  const isKept = await keepTap(record, sent).catch(() => false);
  return Response.redirect(`${record.page}?${isKept ? "kept" : "lost"}`, 303);
}

// A connection that only seems to be there counts as none, but never for what is being sent: it may yet arrive.
async function patiently(request) {
  if (request.method !== "GET" || !(await isOn())) return fetch(request);
  const tooLong = new Promise((resolve, reject) => setTimeout(reject, PATIENCE, new Error("No answer")));
  return Promise.race([fetch(request), tooLong]);
}

async function page(request) {
  const sent = request.method === "POST" ? request.clone() : null;
  return patiently(request).catch((error) => withoutConnection(sent, error));
}

async function part(request) {
  return fetch(request).catch(async (error) => ((await isOn()) && (await kept(request.url))) || Promise.reject(error));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && DRAWN_WITH.includes(request.destination)) event.respondWith(part(request));
});

self.addEventListener("sync", (event) => {
  // A failure makes the browser try again later.
  event.waitUntil(send().then((outcome) => outcome === AWAY && Promise.reject(new Error(outcome))));
});

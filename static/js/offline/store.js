// What a device keeps for one person, once they turn it on: a copy of one page with what it is drawn with (in the cache),
// and two drawers (in IndexedDB): whose it is, and what waits to be sent. Nothing here exists until it is turned on.
const CACHE = "peersupport-offline";
const DATABASE = "peersupport-offline";
const DRAWERS = { owner: {}, waiting: { keyPath: "client_id" } };
const OWNER = "owner";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// Only turning it on makes the drawers. Whoever looks later makes none, or what was just removed would come back empty.
function opened(isTurningOn) {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    if (!isTurningOn) return request.transaction.abort();
    Object.entries(DRAWERS).forEach((drawer) => request.result.createObjectStore(...drawer));
  };
  return settled(request);
}

// One transaction: what `ask` wants of the drawer `name`, given only once it is written for good.
async function inDrawer(name, mode, ask, isTurningOn = false) {
  const database = await opened(isTurningOn);
  // Or a tab that is open elsewhere would hold up the removal of everything.
  database.onversionchange = () => database.close();
  try {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const [result] = await Promise.all([settled(ask(transaction.objectStore(name))), done]);
    return result;
  } finally {
    database.close();
  }
}

// Where nothing is kept, looking finds `nothing`; writing fails.
const unlessGone = (nothing) => (error) => (error?.name === "AbortError" ? nothing : Promise.reject(error));

export const canKeep = "serviceWorker" in navigator && "caches" in self && "indexedDB" in self;

// Asks without making anything.
export const isOn = async () => "caches" in self && (await caches.has(CACHE));

export const openCache = () => caches.open(CACHE);

// { person, page, sendTo, log, keptAt }: the person's mark, three addresses of ours, and when the page was copied.
export const owner = () => inDrawer("owner", "readonly", (drawer) => drawer.get(OWNER)).catch(unlessGone(undefined));
export const setOwner = (record, isTurningOn) =>
  inDrawer("owner", "readwrite", (drawer) => drawer.put(record, OWNER), isTurningOn);

// An entry: { client_id, person, day: { day, month, year }, is_start_approximate, tapped_at, problem }.
export const entries = () => inDrawer("waiting", "readonly", (drawer) => drawer.getAll()).catch(unlessGone([]));
export const putEntry = (entry) => inDrawer("waiting", "readwrite", (drawer) => drawer.put(entry));
export const removeEntry = (client_id) => inDrawer("waiting", "readwrite", (drawer) => drawer.delete(client_id));

// All of it, in this order: the cache says whether it is turned on.
export async function wipe() {
  if ("caches" in self) await caches.delete(CACHE);
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
  announce();
}

// What waits has changed; `sent` are the numbers of entries that have arrived. Every tab hears it, the own one too.
const CHANNEL = "peersupport-offline";
export function announce(sent = []) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(sent);
  channel.close();
}
export const whenChanged = (listener) => (new BroadcastChannel(CHANNEL).onmessage = ({ data }) => listener(data));

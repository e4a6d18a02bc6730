// Lets a browser take notifications from us: it asks its owner, and hands its address to the form.
const form = document.querySelector("form[data-push-key]");
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function octets(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

async function subscription() {
  await navigator.serviceWorker.register(form.dataset.pushWorker);
  const { pushManager } = await navigator.serviceWorker.ready;
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: octets(form.dataset.pushKey) });
}

async function turnOn(event) {
  event.preventDefault();
  try {
    const { endpoint, keys } = (await subscription()).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    document.querySelector("[data-push-refused]").hidden = false;
  }
}

if (form && canPush) {
  form.hidden = false;
  document.querySelector("[data-push-missing]").hidden = true;
  form.addEventListener("submit", turnOn);
}

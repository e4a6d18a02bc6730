// For the pages about using this without a connection: what stands on them is inert until this runs.
import { initChoose, initKept } from "./offline/choose.js";
import { initLog } from "./offline/log.js";
import { isOn } from "./offline/store.js";

const each = (selector, init) => document.querySelectorAll(selector).forEach(init);

each("[data-offline-choose]", initChoose);
each("[data-kept]", initKept);

function showConnection(isBack) {
  each("[data-away]", (line) => (line.hidden = navigator.onLine));
  each("[data-back]", (line) => (line.hidden = !isBack));
}
addEventListener("online", () => showConnection(true));
addEventListener("offline", () => showConnection(false));
showConnection(false);

const arrived = new URLSearchParams(location.search);
each("[data-arrived]", (line) => (line.hidden = !arrived.has(line.dataset.arrived)));

isOn().then((on) => {
  if (!on) return;
  each("[data-offline-log]", initLog);
  each("[data-ordinary-log]", (link) => (link.hidden = true));
});

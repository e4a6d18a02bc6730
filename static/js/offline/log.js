// Logging on the page that the device keeps: one tap, or a day that is typed. A tap is never lost without a word.
import { add, askToSendLater } from "./queue.js";
import { trySending } from "./sending.js";
import { isOn, whenChanged } from "./store.js";

const numbers = ({ day, month, year }) => [Number(year.length === 2 ? `20${year}` : year), Number(month) - 1, Number(day)];

// The name of the sentence to show; "" where it can be kept. A month may be a word: we learn what it means when it is sent.
function trouble(day) {
  if (!(day.day && day.month && day.year)) return "missing";
  const [year, month, date] = numbers(day);
  if (Number.isNaN(month)) return "";
  const found = new Date(year, month, date);
  if (found.getMonth() !== month || found.getDate() !== date) return "missing";
  return found > new Date() ? "ahead" : "";
}

export function initLog(place) {
  const says = (name) =>
    place.querySelectorAll("[data-says]").forEach((sentence) => (sentence.hidden = sentence.dataset.says !== name));
  const asking = place.querySelector("[data-asking]");
  const form = place.querySelector("form[data-log-earlier]");
  let last;

  async function log(entry) {
    // Gone before anything else happens: a second tap finds nothing to tap.
    asking.hidden = true;
    try {
      last = (await add(entry)).client_id;
    } catch {
      asking.hidden = false;
      return says((await isOn()) ? "full" : "off");
    }
    says("kept");
    form.reset();
    place.querySelector("[data-again]").hidden = false;
    await trySending();
    await askToSendLater();
  }

  whenChanged((sent) => sent.includes(last) && says("sent"));

  place.querySelector("[data-log-today]").addEventListener("click", () => log());
  place.querySelector("[data-again]").addEventListener("click", ({ target }) => {
    asking.hidden = false;
    target.hidden = true;
    says("");
    place.querySelector("[data-log-today]").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = new FormData(form);
    const day = Object.fromEntries(["day", "month", "year"].map((part) => [part, typed.get(`started_on_${part}`).trim()]));
    const name = trouble(day);
    if (name) return says(name);
    log({ day, isGuess: typed.has("is_start_approximate") });
  });
  place.hidden = false;
}

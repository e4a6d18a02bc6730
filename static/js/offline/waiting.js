// Shows what waits to be sent, wherever a page has a place for it ([data-waiting]), and lets one be taken out.
import { SIGNED_OUT, remove } from "./queue.js";
import { entries, isOn } from "./store.js";

function spoken({ day, month, year }) {
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  if (Number.isNaN(date.getTime())) return `${day} ${month} ${year}`;
  const words = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang, words).format(date).replace(",", "");
}

function line(template, entry) {
  const item = template.content.cloneNode(true);
  item.querySelector("[data-day]").textContent = spoken(entry.day);
  item.querySelector("[data-guess]").hidden = !entry.is_start_approximate;
  const problem = item.querySelector("[data-problem]");
  problem.hidden = !entry.problem;
  problem.querySelector("[data-problem-text]").textContent = entry.problem.replace(/[^.?!]$/, "$&.");
  const button = item.querySelector("button");
  button.setAttribute("aria-label", `${button.textContent.trim()}: ${spoken(entry.day)}`);
  button.addEventListener("click", () => remove(entry.client_id).then(showWaiting));
  return item;
}

// `outcome`: how a try to send has just ended, if there was one.
export async function showWaiting(outcome) {
  const found = (await isOn()) ? await entries() : [];
  for (const place of document.querySelectorAll("[data-waiting]")) {
    const template = place.querySelector("template");
    place.querySelector("ul").replaceChildren(...found.map((entry) => line(template, entry)));
    if (outcome) place.querySelector("[data-sign-in]").hidden = outcome !== SIGNED_OUT;
    place.hidden = !found.length;
  }
}

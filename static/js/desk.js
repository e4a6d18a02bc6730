// The coding desk: words are chosen by mouse, touch or keyboard, then a code for them. The page works without it: there
// is a list of codings beside the text, and a page to code by pasting words.
import { codingsOf } from "./desk/codings.js";
import { chooserOf } from "./desk/choosing.js";
import { pickerOf } from "./desk/picker.js";
import { placesOf } from "./desk/places.js";

const desk = document.querySelector("[data-desk]");

if (desk && Intl.Segmenter) start(desk);

function start(desk) {
  const box = desk.querySelector("[data-desk-text]");
  const places = placesOf(box);
  const drawn = JSON.parse(document.getElementById("drawn").textContent);
  const codings = codingsOf(desk, places, drawn);
  const chooser = chooserOf(desk, box, places, {
    onChoose: (chosen) => codings.showAt(chosen),
    onPick: (letters) => picker.open(letters),
  });
  const picker = pickerOf(desk, {
    async onPick(code) {
      const chosen = chooser.chosen();
      if (!chosen) return codings.say("none");
      if (await codings.add(code, chosen)) chooser.leave(picker);
    },
    onLeave: () => box.focus(),
  });
  desk.classList.add("app-desk--live");
  desk.querySelectorAll("[data-desk-live]").forEach((part) => (part.hidden = false));
  box.tabIndex = 0;
}

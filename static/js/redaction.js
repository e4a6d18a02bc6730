// Makes the redaction page quick by keyboard. Single keys do what the page's own links and buttons do, and can be
// turned off (WCAG 2.1.4). Words selected in the text are put into the form that adds words.
const KEPT = "redaction-keys";
const part = document.querySelector("[data-shortcuts]");
const text = document.querySelector("[data-text]");
let isOn = localStorage.getItem(KEPT) !== "off";

if (part) {
  const control = part.querySelector("[data-shortcuts-switch]");
  const show = () => control.setAttribute("aria-pressed", String(isOn));
  part.hidden = false;
  show();
  control.addEventListener("click", () => {
    isOn = !isOn;
    localStorage.setItem(KEPT, isOn ? "on" : "off");
    show();
  });
}

document.addEventListener("keydown", (event) => {
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("a, button")) target.click();
  else write(target);
});

function isTyping(element) {
  return element.closest("textarea, select, [contenteditable]") || element.matches("input:not([type=checkbox], [type=radio])");
}

function write(box) {
  const selected = getSelection();
  const words = text?.contains(selected.anchorNode) ? selected.toString().trim() : "";
  const folded = box.closest("details");
  if (folded) folded.open = true;
  if (box.name === "words" && words) box.value = words;
  box.focus();
  box.select();
}

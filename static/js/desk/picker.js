// The list of codes: found by typing, gone through by arrow keys, chosen by Enter or a tap (the combobox pattern of ARIA).

export function pickerOf(desk, { onPick, onLeave }) {
  const box = desk.querySelector("[data-desk-find]");
  const options = [...desk.querySelectorAll("[data-code]")];
  let active = null;

  const visible = () => options.filter((option) => !option.hidden);

  function activate(option) {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) box.setAttribute("aria-activedescendant", active.id);
    else box.removeAttribute("aria-activedescendant");
  }

  // Codes whose name has what was typed, those that begin with it in front of the others.
  function filter() {
    const typed = box.value.trim().toLocaleLowerCase();
    const name = (option) => option.dataset.name.toLocaleLowerCase();
    options.forEach((option) => (option.hidden = !name(option).includes(typed)));
    activate(typed ? (visible().find((option) => name(option).startsWith(typed)) ?? visible()[0]) : null);
  }

  function step(way) {
    const shown = visible();
    if (!shown.length) return;
    const at = shown.indexOf(active);
    activate(shown[at < 0 ? (way > 0 ? 0 : shown.length - 1) : (at + way + shown.length) % shown.length]);
  }

  function pick(option) {
    box.value = "";
    filter();
    onPick(Number(option.dataset.code));
  }

  box.addEventListener("input", filter);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") active && pick(active);
    else if (event.key === "Escape") {
      box.value = "";
      filter();
      onLeave();
    } else return;
    event.preventDefault();
  });
  options.forEach((option) => {
    // The words stay chosen, and the box keeps the focus if it had it.
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => pick(option));
  });

  return {
    open(letters) {
      box.value = letters;
      filter();
      box.focus();
    },
    isUsed: () => document.activeElement === box,
  };
}

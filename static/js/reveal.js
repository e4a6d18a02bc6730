// Shows what a chosen answer asks for next. Not nhsuk-frontend's own: it puts aria-expanded on radios, where ARIA
// does not allow it.
const reveals = "[data-reveals]";

function show(choice) {
  const revealed = document.getElementById(choice.dataset.reveals);
  revealed.classList.toggle(`nhsuk-${choice.type === "radio" ? "radios" : "checkboxes"}__conditional--hidden`, !choice.checked);
}

export function initReveals() {
  document.querySelectorAll(reveals).forEach(show);
  document.addEventListener("change", ({ target }) => {
    // A radio that loses its choice gets no event of its own.
    const group = target.form?.querySelectorAll(`[name="${CSS.escape(target.name)}"]`) ?? [target];
    [...group].filter((choice) => choice.matches?.(reveals)).forEach(show);
  });
}

// Runs before the page is drawn, so that what a choice reveals does not flash up first.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

// Everything here makes a page quicker to use; no page needs it.
import {
  initButtons,
  initCharacterCounts,
  initCheckboxes,
  initErrorSummary,
  initNotificationBanners,
  initPasswordInputs,
  initRadios,
  initSkipLinks,
} from "nhsuk-frontend";

initButtons();
initCharacterCounts();
initCheckboxes();
initErrorSummary();
initNotificationBanners();
initPasswordInputs();
initRadios();
initSkipLinks();

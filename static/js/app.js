// Everything here makes a page quicker to use; no page needs it.
import {
  initButtons,
  initCharacterCounts,
  initErrorSummary,
  initNotificationBanners,
  initPasswordInputs,
  initSkipLinks,
} from "nhsuk-frontend";
import { initOffline } from "./offline/everywhere.js";
import { initSignOut } from "./offline/sign_out.js";
import { initReveals } from "./reveal.js";

initButtons();
initCharacterCounts();
initErrorSummary();
initNotificationBanners();
initPasswordInputs();
initReveals();
initSkipLinks();
initSignOut();
initOffline();

// Everything here makes a page quicker to use; no page needs it.
import {
  initButtons,
  initCharacterCounts,
  initErrorSummary,
  initNotificationBanners,
  initPasswordInputs,
  initSkipLinks,
} from "nhsuk-frontend";
import { initDrafts } from "./drafts.js";
import { initOffline } from "./offline/everywhere.js";
import { initSignOut } from "./sign_out.js";
import { initReveals } from "./reveal.js";

initButtons();
initCharacterCounts();
initErrorSummary();
initNotificationBanners();
initPasswordInputs();
initReveals();
initSkipLinks();
initSignOut();
initDrafts();
initOffline();

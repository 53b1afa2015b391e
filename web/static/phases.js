// Words for what the box says in one word.

import { t } from "./words.js";

export const PHASES = {
  idle: t("Ready"), starting: t("Starting"), running: t("Running"), paused: t("Paused"),
  stopping: t("Stopping"), waiting: t("Waiting"), ended: t("Finished"), failed: t("Failed"),
};

/** What the guider does: a word and its tone. */
export const GUIDING = {
  away: [t("Out of reach"), "warn"], stopped: [t("Off"), "off"], calibrating: [t("Calibrating"), "busy"],
  settling: [t("Settling"), "busy"], guiding: [t("On"), "good"], "star lost": [t("Star lost"), "bad"], paused: [t("Paused"), "busy"],
};

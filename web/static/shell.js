// What every page does: the status strip, the link, alarms and questions, the buttons, the light.

import * as alarm from "./alarm.js";
import * as buttons from "./buttons.js";
import * as clockwork from "./clock.js";
import { $, clock, say, show } from "./draw.js";
import * as driving from "./driving.js";
import "./light.js";
import { age, follow, retry } from "./live.js";
import * as strip from "./strip.js";
import * as sheets from "./strip-sheet.js";
import * as watch from "./watch.js";
import { t } from "./words.js";

const LATE = 8; // seconds after which the age of what is seen is told
const name = document.title;
let heard = 0;

follow(
  {
    SequenceState: (state) => {
      say("plan", state.plan);
      document.title = state.total ? `${state.done}/${state.total} ${state.target} – ${name}` : name;
      buttons.phase(state.phase);
      strip.night(state);
      clockwork.night(state);
    },
    MountState: strip.mount,
    CameraState: strip.camera,
    GuidingNow: strip.guiding,
    DiskState: strip.disk,
    RigState: strip.rig,
    NextEvent: strip.next,
    Alarm: (state) => {
      watch.alarm(state);
      strip.alarm(state);
    },
    SafetyState: (state) => {
      watch.safety(state);
      strip.safe(state);
    },
    ConditionsState: watch.conditions,
    RoofNow: (state) => {
      watch.roof(state);
      buttons.roof(state.roof);
      strip.roof(state);
    },
    NeedsPerson: (state) => {
      watch.needs(state);
      clockwork.needs(state);
    },
    ClockState: clockwork.told,
    Driving: driving.told,
    Said: alarm.said,
  },
  {
    snapshot: (told) => {
      say("plan", "");
      document.title = name;
      strip.clear();
      watch.clear();
      alarm.clear(told.life);
      clockwork.clear();
      driving.clear();
      buttons.phase("");
      buttons.roof("");
    },
    up: () => link(true),
    down: () => link(false),
  },
);

function link(up) {
  if (!up && Number.isFinite(age())) heard = Date.now() / 1000 - age();
  show("lost", !up);
  buttons.link(up);
  document.body.classList.toggle("stale", !up);
  say("lost-since", heard ? t("Showing {time}. The night goes on; trying again…", { time: clock(heard) }) : t("Trying again…"));
}

sheets.begin();
$("retry").addEventListener("click", retry);
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "nearest", block: "nearest" });

setInterval(() => {
  strip.tick();
  driving.tick();
  clockwork.tick();
  const old = age();
  say("age", Number.isFinite(old) && old > LATE ? t("{seconds} s old", { seconds: Math.round(old) }) : "");
}, 1000);

// The page: listens to the box and hands each message to whoever draws it.

import * as buttons from "./buttons.js";
import { focus, trend } from "./curve.js";
import { $, show } from "./draw.js";
import * as focusing from "./focusing.js";
import * as leases from "./leases.js";
import { Link } from "./link.js";
import * as log from "./log.js";
import * as rehearsal from "./rehearsal.js";
import * as status from "./status.js";
import * as watch from "./watch.js";

let sequence = null;
let subs = [];
let heard = null;

const draw = {
  SequenceState: (state) => {
    sequence = state;
    status.sequence(state);
    status.countdown(state, link.time());
    buttons.phase(state.phase);
  },
  SubSaved: (sub) => trend((subs = [...subs, sub].slice(-200))),
  LastSub: status.lastSub,
  FocusState: (state) => {
    focus(state);
    focusing.drawn();
  },
  FocusTriggers: focusing.triggers,
  FocusWizard: focusing.wizard,
  CameraState: status.camera,
  MountState: status.mount,
  FocuserState: status.focuser,
  GuidingNow: status.guiding,
  DiskState: status.disk,
  LeasesState: leases.draw,
  OutputsState: status.outputs,
  RigState: status.rig,
  Rehearsal: rehearsal.draw,
  Alarm: watch.alarm,
  ConditionsState: watch.conditions,
  NeedsPerson: watch.needs,
  RoofNow: (state) => {
    watch.roof(state);
    buttons.roof(state.roof);
  },
  SafetyState: watch.safety,
};

function take(message) {
  try {
    draw[message.type]?.(message);
  } catch (problem) {
    console.error(`cannot draw ${message.type}`, problem); // one odd message must not cut the link
  }
}

const link = new Link({
  snapshot: (told) => {
    subs = [];
    trend(subs);
    sequence = null;
    status.clear();
    watch.clear();
    leases.clear();
    focusing.clear();
    rehearsal.clear();
    buttons.phase("unknown");
    buttons.roof("");
    log.clear(told.life);
    told.states.forEach(take);
  },
  updates: (list) => {
    for (const update of list) {
      if (update.message.type === "Said") log.line(update);
      else take(update.message);
    }
  },
  up: () => {
    heard = Date.now() / 1000;
    show("lost", false);
    buttons.link(true);
    document.body.classList.remove("stale");
  },
  down: () => {
    show("lost", true);
    buttons.link(false);
    document.body.classList.add("stale");
    if (heard) status.lost(heard);
  },
});

function redLight(on) {
  document.documentElement.dataset.light = on ? "red" : "";
  $("red").setAttribute("aria-pressed", String(on));
  rehearsal.light(on);
}

function remembered() {
  try {
    return localStorage.getItem("red") === "1";
  } catch {
    return false;
  }
}

$("red").addEventListener("click", () => {
  const on = document.documentElement.dataset.light !== "red";
  redLight(on);
  try {
    localStorage.setItem("red", on ? "1" : "0");
  } catch {
    // a private window: the choice lasts as long as the page
  }
});

redLight(remembered());
setInterval(() => status.countdown(sequence, link.time()), 250);
link.follow();

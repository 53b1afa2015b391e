// The camera's angle on the sky, and the rotator's.

import { $, fixed, known, say, show } from "./draw.js";
import { t } from "./words.js";

let [camera, framed, has, framing] = [null, 0, null, () => 0];

export function begin(angleOfFraming) {
  framing = angleOfFraming;
  $("angle").addEventListener("input", aim);
  $("mechanical").addEventListener("input", aim);
  $("angle-frame").addEventListener("click", () => (($("angle").value = String(framing())), aim()));
  aim();
}

export function clear() {
  [camera, has] = [null, null];
  say("angle-rotator", "–");
  say("angle-sky", "–");
}

export function rig(facts) {
  has = facts.rotator;
  show("rotator", has);
  tell();
}

export function found(state) {
  camera = state.rotation_deg;
  say("angle-sky", fixed(camera, 1, "°"));
  tell();
}

export function rotator(state) {
  say("angle-rotator", fixed(state.angle_deg, 1, "°"));
}

/** The framing was turned. */
export function wanted(degrees) {
  framed = degrees;
  say("angle-wanted", fixed(degrees, 1, "°"));
  tell();
}

function tell() {
  if (!known(camera)) return say("angle-turn", t("“Where am I?” tells the camera's angle."));
  const turn = ((((framed - camera + 90) % 180) + 180) % 180) - 90; // upside down is as good
  const near = t("The camera stands as the framing wants it.");
  const east = t("The framing wants the camera {degrees}° further to the east of north.", { degrees: fixed(turn, 1) });
  const west = t("The framing wants the camera {degrees}° further to the west of north.", { degrees: fixed(-turn, 1) });
  const words = Math.abs(turn) < 0.5 ? near : turn > 0 ? east : west;
  say("angle-turn", has === false ? `${words} ${t("There is no rotator: turn it by hand.")}` : words);
}

function aim() {
  give("rotate", "angle", "position_angle_deg");
  give("rotator", "mechanical", "degrees");
}

function give(command, id, name) {
  const degrees = Number($(id).value);
  const fits = $(id).value !== "" && degrees >= 0 && degrees < 360;
  const button = document.querySelector(`[data-command=${command}]`);
  if (!button) return;
  button.disabled = !fits;
  button.dataset.arguments = JSON.stringify({ [name]: fits ? degrees : 0 });
}

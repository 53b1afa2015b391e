// A tap on the status strip: what stands behind its short word, over the page, with the way to the page that has more.

import { clock, fixed, grouped, icon, known } from "./draw.js";
import { el, opened } from "./dom.js";
import { follow } from "./live.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const told = {};
const keep = (name) => (state) => {
  told[name] = state;
};

const degrees = (value) => known(value) && fixed(value, 1, "°");
const FACTS = {
  mount: ({ mount }) => mount && [[t("Altitude"), degrees(mount.alt_deg)], [t("Azimuth"), degrees(mount.az_deg)]],
  camera: ({ camera }) => camera && [
    [t("Sensor"), known(camera.celsius) && temperature(camera.celsius)], [t("Aim"), known(camera.target_celsius) ? temperature(camera.target_celsius) : t("off")],
    [t("Cooler"), known(camera.cooler_percent) && fixed(camera.cooler_percent, 0, " %")]],
  guiding: ({ guiding }) => guiding && [
    [t("RMS total"), known(guiding.rms_arcsec) ? fixed(guiding.rms_arcsec, 2, "″") : known(guiding.rms_px) && fixed(guiding.rms_px, 2, " px")],
    [t("star lost"), known(guiding.lost_since) && t("since {time}", { time: clock(guiding.lost_since) })]],
  roof: ({ safety, conditions }) => [safety, conditions].flatMap((one) => one?.reasons ?? []).map((why) => [t("Not good"), why]),
  disk: ({ disk }) => disk && [[t("free"), known(disk.free_bytes) && `${grouped(disk.free_bytes / 1e9)} GB`]],
  next: ({ next, sequence }) => [
    [t("Now"), sequence?.doing], [t("Target"), sequence?.target],
    [t("Next"), known(next?.at) && `${clock(next.at).slice(0, 5)} ${next.what}`]],
};

export function begin() {
  follow(
    {
      MountState: keep("mount"), CameraState: keep("camera"), GuidingNow: keep("guiding"), DiskState: keep("disk"), SafetyState: keep("safety"),
      ConditionsState: keep("conditions"), NextEvent: keep("next"), SequenceState: keep("sequence"),
    },
    { snapshot: () => Object.keys(told).forEach((name) => delete told[name]) },
  );
  for (const place of document.querySelectorAll(".strip a")) {
    place.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
      event.preventDefault();
      sheet(place);
    });
  }
}

async function sheet(place) {
  const [name, look] = [place.id.slice(6), place.dataset.tone];
  const word = place.querySelector("b").textContent;
  const facts = (FACTS[name](told) || []).filter(([, value]) => value);
  const away = (event) => {
    event.preventDefault();
    location.replace(place.href); // in place of what the sheet has put into the history
  };
  const dialog = el("dialog", { class: "strip-sheet", "aria-labelledby": "strip-title" },
    el("h2", { id: "strip-title", tabindex: "-1", autofocus: true }, place.querySelector(".unseen").textContent.replace(/[:：]\s*$/, "")),
    el("p", { class: "strip-state", "data-tone": look }, icon(look, "badge"), el("b", {}, word), place.title !== word && el("span", {}, place.title)),
    place.classList.contains("old") && el("p", { class: "advice" }, t("This is old: the box has not looked for a while.")),
    facts.length > 0 && el("dl", { class: "figures" }, facts.map(([what, value]) => el("div", {}, el("dt", {}, what), el("dd", {}, value)))),
    el("div", { class: "choices" }, el("a", { class: "plain main", href: place.href, onclick: away }, t("Open its page")),
      el("button", { type: "button", class: "plain", onclick: () => dialog.close() }, t("Close"))));
  history.pushState({ sheet: name }, "");
  const back = () => dialog.close();
  addEventListener("popstate", back, { once: true });
  await opened(dialog);
  removeEventListener("popstate", back);
  if (history.state?.sheet) history.back();
}

// The subs that were taken, newest first: a look at each, what was measured, what the gate found.

import { $, clock, fixed, icon, known, show } from "./draw.js";
import { command } from "./link.js";
import { el } from "./dom.js";
import { openViewer } from "./viewer.js";
import { t } from "./words.js";

const PAGE = 30;
const state = { oldest: null, newest: 0, asked: false, again: false };
const missing = []; // thumbnails that the box has to make first: one after the other

export function begin() {
  $("subs-older").addEventListener("click", older);
  first();
  return [{ LastSub: first, SubSaved: first, HandState: (hand) => hand.sub > state.newest && first() }, { snapshot: first }];
}

async function first() {
  if (state.asked) return void (state.again = true);
  state.asked = true;
  const told = await command("subs", { count: PAGE });
  state.asked = false;
  if (told.ok) news(told.result);
  if (state.again) {
    state.again = false;
    first();
  }
}

function news({ subs, more }) {
  const list = $("subs-list");
  const fresh = subs.filter((sub) => sub.id > state.newest);
  const gap = state.newest && fresh.length === subs.length; // more came than a page holds: begin anew
  if (!state.newest || gap) {
    list.replaceChildren(...subs.map(row));
    state.oldest = subs.at(-1)?.id ?? null;
    show("subs-older", more);
  } else list.prepend(...fresh.map(row));
  state.newest = Math.max(state.newest, ...subs.map((sub) => sub.id));
  show("subs-empty", !list.children.length);
}

async function older() {
  const told = await command("subs", { count: PAGE, before: state.oldest });
  if (!told.ok) return;
  const { subs, more } = told.result;
  $("subs-list").append(...subs.map(row));
  state.oldest = subs.at(-1)?.id ?? state.oldest;
  show("subs-older", more);
}

const figure = (words, value) => el("span", {}, el("small", {}, words), " ", value);

function row(sub) {
  const light = sub.kind === "light";
  const bad = sub.state === "rejected";
  const title = `${sub.target || t(sub.kind)} · ${sub.filter || t("no filter")} · ${sub.seconds} s`;
  const flags = sub.flaws && el("span", { class: "flags", "data-tone": bad ? "bad" : "warn" }, icon(bad ? "bad" : "warn", "badge"), el("b", {}, bad ? t("rejected: {why}", { why: sub.flaws }) : t("marked: {why}", { why: sub.flaws })));
  return el("li", {},
    el("button", { type: "button", class: "sub-row", onclick: () => openViewer(sub.id), "data-sub": sub.id },
      thumbnail(sub),
      el("span", { class: "sub-words" },
        el("b", {}, title), el("span", { class: "advice" }, `#${sub.number} · ${known(sub.started) ? clock(sub.started) : "–"}`),
        light && el("span", { class: "sub-figures" },
          figure(t("HFR"), fixed(sub.hfr, 2)), figure(t("Stars"), known(sub.stars) ? sub.stars : "–"),
          known(sub.elongation) && figure(t("Elongation"), fixed(sub.elongation, 2)),
          figure(t("Off target"), known(sub.error_arcsec) ? fixed(sub.error_arcsec, 0, "″") : t("not solved")),
          known(sub.guide_arcsec) && figure(t("Guiding"), fixed(sub.guide_arcsec, 2, "″"))),
        flags)));
}

function thumbnail({ id: sub, shown, there }) {
  const place = el("span", { class: "thumb" });
  const fill = () => place.replaceChildren(el("img", { class: "photo", src: `/image/${sub}/thumb.jpg`, alt: "", loading: "lazy", width: 96, height: 72 }));
  if (shown) fill();
  else {
    place.append(icon(there ? "camera" : "off"));
    if (there && missing.push({ sub, place, fill }) === 1) make();
  }
  return place;
}

/** A sub of long ago: its preview is made of the file, when a person really looks for it. */
async function make() {
  while (missing.length) {
    const { sub, place, fill } = missing[0];
    await new Promise(requestAnimationFrame); // the row is in the page then
    const seen = place.isConnected && place.getBoundingClientRect().top < 3 * innerHeight;
    if (seen && (await command("picture", { sub })).ok) fill();
    missing.shift();
  }
}

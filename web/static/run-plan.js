// The plan: its items in their order with what is done, moved, changed, added and taken away.

import { $, icon, say, show, span } from "./draw.js";
import { command } from "./link.js";
import { clock } from "./draw.js";
import { el, opened, sure } from "./dom.js";
import { angle } from "./run-form.js";
import { KINDS } from "./run-fields.js";
import { editItem, editOptions } from "./run-edit.js";
import { changeOnce, me, read } from "./run-desk.js";
import { choosePlan } from "./run-plans.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const state = { progress: null, filters: [], target: "", asked: false, again: false };

export function begin() {
  $("plan-add").addEventListener("click", () => addAny());
  $("plan-options").addEventListener("click", options);
  $("plan-others").addEventListener("click", async () => (await choosePlan(state.progress, state.filters)) && refresh());
  refresh();
  return [
    { PlanState: editing, SequenceState: running, LastSub: refresh },
    { snapshot: refresh, up: refresh },
  ];
}

/** One question at a time; whoever asks meanwhile is answered by one more. */
async function refresh() {
  if (state.asked) return void (state.again = true);
  state.asked = true;
  const told = await command("plan_progress");
  state.asked = false;
  if (told.ok) draw(told.result);
  show("plan-empty", !told.ok && !state.progress);
  if (state.again) {
    state.again = false;
    refresh();
  }
}

function editing(plan) {
  const other = plan.editing && plan.editing !== me();
  show("plan-editing", Boolean(other));
  if (other) say("plan-editing", t("{who} is changing the plan, until {until} at most.", { who: plan.editing, until: clock(plan.editing_until).slice(0, 5) }));
  if (!state.progress || plan.edition !== state.progress.edition || plan.plan !== state.progress.plan) refresh();
}

function running(sequence) {
  const target = ["running", "paused"].includes(sequence.phase) ? sequence.target : "";
  const moved = state.phase !== sequence.phase || state.target !== target;
  Object.assign(state, { phase: sequence.phase, target });
  if (moved) refresh();
}

function draw(progress) {
  state.progress = progress;
  state.filters = progress.filters;
  const skyward = progress.items.filter((item) => item.steps.length);
  const sum = (name) => skyward.reduce((total, item) => total + item[name], 0);
  const [done, wanted, left] = ["done", "wanted", "left"].map(sum);
  say("plan-name", progress.plan);
  const endless = progress.total === 0 && skyward.length > 0;
  say("plan-count", endless ? t("{done} subs, without end", { done }) : t("{done} of {wanted} subs · {left} left", { done, wanted, left: span(left) }));
  $("plan-bar").value = wanted ? done / wanted : 0;
  const last = progress.items.length - 1;
  const focused = document.activeElement?.dataset?.act;
  $("plan-items").replaceChildren(...progress.items.map((item, place) => row(item, place, last)));
  if (focused) $("plan-items").querySelector(`[data-act="${focused}"]`)?.focus();
}

const plainName = (name) => name.replace(/\s+/g, "").toLowerCase();

function row(item, place, last) {
  const now = state.target && item.name && plainName(state.target) === plainName(item.name);
  const title = item.name || KINDS[item.do];
  const act = (name, words, does, off = false) => el("button", {
    type: "button", class: "plain round-button", "aria-label": `${words}: ${title}`, title: words, disabled: off, "data-act": `${name}-${place}`,
    onclick: does,
  }, icon(name));
  return el("li", { class: "card item", "aria-current": now ? "step" : null },
    el("div", { class: "item-head" },
      el("div", {}, el("h3", {}, title), el("p", { class: "advice" }, about(item))),
      now ? el("span", { class: "chip" }, t("now")) : item.complete && el("span", { class: "done", "data-tone": "good" }, icon("good", "badge"), el("b", {}, t("complete")))),
    item.steps.length ? el("ul", { class: "rows" }, item.steps.map(step)) : null,
    el("div", { class: "choices tight" },
      act("up", t("Move up"), () => move(place, -1), place === 0),
      act("down", t("Move down"), () => move(place, 1), place === last),
      act("edit", t("Change"), () => edit(place)),
      act("trash", t("Delete"), () => drop(place, title))));
}

function about(item) {
  const kind = item.panels > 1 ? t("Mosaic of {panels} panels", { panels: item.panels }) : KINDS[item.do];
  const template = item.template ? t("template {name}", { name: item.template }) : "";
  const left = item.left ? t("{left} left", { left: span(item.left) }) : "";
  const flats = !item.steps.length && item.wanted ? t("{done} of {wanted}", item) : "";
  return [item.name || !item.detail ? kind : "", DETAILS[item.do]?.(item.detail), template, left, flats].filter(Boolean).join(" · ");
}

/** In a few words what an item does that takes nothing of the sky. */
const DETAILS = {
  "sky flats": ({ twilight }) => (twilight === "dusk" ? t("Dusk") : t("Dawn")),
  wait: ({ until, seconds, ask: question }) => question || (until ? t("until {moment}", { moment: until }) : t("for {time}", { time: span(seconds) })),
  script: ({ file, begin }) => [file.split("/").at(-1), begin && t("not before {moment}", { moment: begin })].filter(Boolean).join(", "),
};

function step(one) {
  const words = `${one.frame === "light" ? "" : `${t(one.frame)} `}${one.filter || t("no filter")} ${one.seconds} s`;
  const count = one.wanted ? `${one.done}/${one.wanted}` : `${one.done}`;
  return el("li", {},
    el("span", { class: "row-name" }, words),
    el("progress", { max: 1, value: one.wanted ? one.done / one.wanted : 0, "aria-label": words }),
    el("span", { class: "row-count" }, count, one.left ? el("small", {}, ` ${span(one.left)}`) : null));
}

const isRunning = () => Boolean(state.progress?.running);

async function move(place, by) {
  const desk = await read();
  if (!desk) return;
  const [item] = desk.plan.target.splice(place, 1);
  desk.plan.target.splice(place + by, 0, item);
  if (await changeOnce(desk.plan, desk.edition)) {
    await refresh();
    const name = by < 0 ? "up" : "down";
    document.querySelector(`[data-act="${name}-${place + by}"]:not(:disabled)`)?.focus();
  }
}

async function drop(place, title) {
  const desk = await read();
  if (!desk) return;
  if (desk.plan.target.length === 1) return complain({ sentence: t("A plan has at least one item."), advice: t("Add another one first, or choose another plan.") });
  const ok = await sure(t("Delete {title}?", { title }), [t("It is taken out of the plan. Its files stay on the disk.")], t("Delete"), t("Keep it"));
  if (!ok) return;
  desk.plan.target.splice(place, 1);
  if (await changeOnce(desk.plan, desk.edition)) refresh();
}

async function context() {
  const [desk, told] = await Promise.all([read(), command("templates")]);
  return desk && { desk, more: { filters: state.filters, panel: state.progress?.panel, templates: told.ok ? told.result : [], running: isRunning() } };
}

async function edit(place) {
  const found = await context();
  if (found && (await editItem(found.desk, found.desk.plan.target[place], place, found.more))) refresh();
}

async function options() {
  const desk = await read();
  if (desk && (await editOptions(desk, isRunning()))) refresh();
}

async function addAny() {
  const button = (kind) => el("button", { type: "button", class: "plain", onclick: () => dialog.close(kind) }, KINDS[kind]);
  const dialog = el("dialog", { "aria-labelledby": "add-title" },
    el("h2", { id: "add-title" }, t("What shall be added?")),
    el("div", { class: "choices column" }, ["subs", "mosaic", "sky flats", "panel flats", "darks", "wait", "script"].map(button),
      el("a", { class: "plain", href: "/align" }, t("Search the catalogue…"))),
    el("div", { class: "choices" }, el("button", { type: "button", class: "plain", onclick: () => dialog.close("") }, t("Go back"))));
  const kind = await opened(dialog);
  if (kind) await add({ do: kind });
}

/** Add an item, with what is known of it already. */
export async function add(item) {
  const found = await context();
  const made = item.do === "mosaic" ? { columns: 2, rows: 2, ...item } : item.do.endsWith("flats") ? { filters: state.filters.length ? state.filters : [""], ...item } : item;
  if (found && (await editItem(found.desk, made, null, found.more))) refresh();
}

/** From another page: /run?add=NAME&ra=&dec=&pa= in degrees. */
export async function addFrom(given) {
  history.replaceState(null, "", location.pathname);
  const item = { do: given.get("columns") ? "mosaic" : "subs", name: given.get("add") };
  const place = (name, key, hours) => {
    const value = given.get(name) ? angle(given.get(name), hours) : null;
    if (typeof value === "number") item[key] = value;
  };
  place("ra", "ra_deg", false);
  place("dec", "dec_deg", false);
  place("pa", "position_angle_deg", false);
  for (const name of ["columns", "rows"]) if (given.get(name)) item[name] = Number(given.get(name));
  if (!state.progress) await refresh();
  await add(item);
}

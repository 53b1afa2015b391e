// Flats and darks: into the plan, or at once; and what the library of darks lacks.

import { $, icon, say } from "./draw.js";
import { command } from "./link.js";
import { el } from "./dom.js";
import { add } from "./run-plan.js";
import { fieldsOf, KINDS } from "./run-fields.js";
import { Form } from "./run-form.js";
import { opened } from "./dom.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

export function begin() {
  for (const button of document.querySelectorAll("[data-take]")) button.addEventListener("click", () => take(button.dataset.take));
  library();
  return [{ PlanState: library, LastSub: library }, {}];
}

/** Ask where: in the plan, or now in a plan of its own. */
async function take(kind) {
  const close = (answer, look, words, off = false) => el("button", { type: "button", class: look, disabled: off, onclick: () => dialog.close(answer) }, words);
  const told = await command("plan_progress");
  const running = told.ok && told.result.running;
  const dialog = el("dialog", { "aria-labelledby": "take-title" },
    el("h2", { id: "take-title" }, KINDS[kind]),
    el("p", {}, kind === "sky flats" ? t("They wait for the twilight, in their place of the plan.") : t("In their place of the plan, or at once. At once, a plan of their own takes the place of yours, which stays stored.")),
    el("div", { class: "choices" }, close("plan", "plain main", t("Add to the plan")), kind !== "sky flats" && close("now", "plain", t("Take them now"), running), close("", "plain", t("Go back"))),
    running && kind !== "sky flats" && el("p", { class: "advice" }, t("Now is possible when no plan runs.")));
  const answer = await opened(dialog);
  if (answer === "plan") await add({ do: kind });
  if (answer === "now" && told.ok) await now(kind, told.result.filters);
}

async function now(kind, filters) {
  const form = new Form(fieldsOf(kind, filters.length ? filters : [""])[0], { filters }, "target.0");
  const start = el("button", { type: "submit", class: "plain main" }, t("Take them now"));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "now-title" }, el("form", { novalidate: true },
    el("header", { class: "sheet-head" }, el("h2", { id: "now-title", tabindex: "-1", autofocus: true }, KINDS[kind])), el("div", { class: "fields" }, form.parts),
    el("div", { class: "choices sheet-end" }, el("button", { type: "button", class: "plain", onclick: () => dialog.close("") }, t("Go back")), start)));
  dialog.firstElementChild.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.clear();
    const plan = alone({ do: kind, ...form.values() });
    const judged = await command("plan_check", { plan: { ...plan } });
    const flaws = judged.ok ? judged.result.flaws : [];
    for (const one of flaws) if (!form.complain(one.field, one.problem)) complain({ sentence: `${one.field}: ${one.problem}`, advice: one.advice });
    if (!flaws.length && (await begun(plan))) dialog.close("begun");
  });
  await opened(dialog);
}

/** A plan of these alone, by day too, that leaves the rig as it is. */
const alone = (item) => ({
  name: `${KINDS[item.do]} ${new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", "")}`,
  night: "any", target: [item], unpark: false, focus_at_start: false, park_at_end: false, close_roof_at_end: false,
  stop_tracking_at_end: false, warm_at_end: false, cool: item.do !== "panel flats",
});

async function begun(plan) {
  const kept = await own();
  if (kept === null) return false;
  for (const [name, given] of [["plan_save", { plan, replace: true }], ["plan_use", null], ["start", {}]]) {
    const told = await command(name, given ?? { stored: begun.stored });
    if (!told.ok) return complain(told), false;
    if (name === "plan_save") begun.stored = told.result;
  }
  tell(t("They are being taken. Your plan {plan} is stored: take it again under Plan.", { plan: kept }));
  return true;
}

/** The plan in use is kept first: nobody shall miss it in the evening. */
async function own() {
  const told = await command("plan_progress");
  const kept = told.ok && (await command("plan_save", { replace: true }));
  if (!kept || !kept.ok) return complain(kept || told), null;
  return told.result.plan;
}

async function library() {
  const told = await command("darks_library");
  if (!told.ok) return say("library-told", told.sentence);
  const { kinds, needs, unread } = told.result;
  say("library-told", unread ? t("{unread} files cannot be read", { unread }) : "");
  $("library-needs").replaceChildren(...(needs.length ? needs.map(need) : [el("li", { class: "empty" }, t("Nothing."))]));
  $("library-kinds").replaceChildren(...(kinds.length ? kinds.map(there) : [el("li", { class: "empty" }, t("The library is empty."))]));
  return undefined;
}

function need(one) {
  const good = one.missing === 0;
  return el("li", { "data-tone": good ? "good" : "warn" }, icon(good ? "good" : "warn", "badge"), el("span", { class: "row-name" }, one.label), el("b", {}, good ? t("there") : t("{missing} missing", one)));
}

const there = (one) => el("li", {}, el("span", { class: "row-name" }, one.label),
  el("span", { class: "row-count" }, [one.singles && t("{singles} frames", one), one.masters && t("{masters} masters", one)].filter(Boolean).join(", ")));

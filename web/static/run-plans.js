// The plans that are stored on the box: chosen, kept under another name, made anew, imported, deleted.

import { command } from "./link.js";
import { icon } from "./draw.js";
import { el, opened, sure } from "./dom.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const LARGEST = 1_500_000; // bytes of a file that the box takes
const field = (words, given) => {
  const input = el("input", { type: "text", autocomplete: "off", ...given });
  return { input, place: el("label", { class: "field" }, el("span", {}, words), input) };
};
const press = (words, does, look = "plain") => el("button", { type: "button", class: look, onclick: does }, words);

/** True when the box has another plan now. */
export async function choosePlan(progress) {
  const told = await command("plans");
  if (!told.ok) return complain(told);
  const running = Boolean(progress?.running);
  const done = (words) => dialog.close(words);
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "plans-title" },
    el("header", { class: "sheet-head" }, el("h2", { id: "plans-title", tabindex: "-1", autofocus: true }, t("Plans on the box"))),
    running && el("p", { class: "note" }, t("The plan is running: press Stop before you take another one.")),
    told.result.plans.length ? el("ul", { class: "plans" }, told.result.plans.map((plan) => stored(plan, told.result.used, running, done))) : el("p", { class: "empty" }, t("No plan is stored yet.")),
    keep(told.result.plan), fresh(running, done), foreign(running, done),
    el("div", { class: "choices sheet-end" }, press(t("Go back"), () => done(""))));
  return (await opened(dialog)) === "used";
}

function stored(plan, used, running, done) {
  const here = plan.stored === used;
  const about = plan.problem || (plan.subs ? t("{items} items, {subs} subs", plan) : t("{items} items, without end", plan));
  const drop = async () => {
    if (!(await sure(t("Delete the plan {plan}?", plan), [t("What was taken by it stays, and is still counted.")], t("Delete"), t("Keep it")))) return;
    const told = await command("plan_drop", { stored: plan.stored });
    if (told.ok) row.remove();
    else complain(told);
  };
  const row = el("li", {},
    el("div", {}, el("b", {}, plan.plan), el("p", { class: "advice" }, about)),
    here ? el("span", { class: "chip" }, t("in use")) : el("div", { class: "choices tight" },
      !plan.problem && el("button", { type: "button", class: "plain main", disabled: running, onclick: () => use(plan.stored, done), "aria-label": t("Take {plan}", plan) }, t("Take it")),
      el("button", { type: "button", class: "plain round-button", "aria-label": t("Delete {plan}", plan), onclick: drop }, icon("trash"))));
  return row;
}

async function use(name, done) {
  const told = await command("plan_use", { stored: name });
  if (!told.ok) return complain(told);
  tell(t("This is the plan now. Start begins it, or goes on where it stopped."));
  return done("used");
}

const section = (words, ...parts) => el("details", { class: "more" }, el("summary", {}, words), el("div", { class: "fields" }, parts));

function keep(plan) {
  const name = field(t("Name of the copy"), { value: plan });
  return section(t("Keep this plan under a name"), name.place, press(t("Keep"), async () => (await save({ name: name.input.value })) && tell(t("It is kept."))));
}

/** Store, and ask before another one is replaced. Its name on the shelf, "" when it was not stored. */
async function save(given) {
  let told = await command("plan_save", given);
  if (!told.ok && told.code === "input.name_taken") {
    if (!(await sure(t("There is a plan of this name"), [told.sentence], t("Replace it"), t("Go back")))) return "";
    told = await command("plan_save", { ...given, replace: true });
  }
  if (!told.ok) complain(told);
  return told.ok ? told.result : "";
}

function fresh(running, done) {
  const name = field(t("Name"), { value: new Date().toISOString().slice(0, 10) });
  const target = field(t("First target"), { placeholder: "M 31" });
  const make = async () => {
    const plan = { name: name.input.value, target: [{ name: target.input.value, step: [{ seconds: 120, count: 20 }] }] };
    const judged = await command("plan_check", { plan: { ...plan, name: plan.name || "?" } });
    const flaw = judged.ok && judged.result.flaws.find((one) => one.field !== "name");
    if (flaw) return complain({ sentence: `${flaw.field}: ${flaw.problem}`, advice: flaw.advice });
    const kept = await save({ plan });
    return kept && use(kept, done);
  };
  return section(t("New plan"), name.place, target.place, el("p", { class: "advice" }, t("It begins with 20 subs of 120 s; change them then.")), el("button", { type: "button", class: "plain", disabled: running, onclick: make }, t("Make it")));
}

function foreign(running, done) {
  const file = el("input", { type: "file", multiple: true });
  const zone = field(t("Zone of its clock times"), { placeholder: "+01:00", value: offset() });
  const told = el("div", { role: "status" });
  const run = async () => {
    told.replaceChildren();
    const [first, ...others] = [...file.files];
    if (!first) return complain({ sentence: t("Choose a file first.") });
    if ([...file.files].reduce((sum, one) => sum + one.size, 0) > LARGEST) return complain({ sentence: t("The file is too large for a plan.") });
    const beside = Object.fromEntries(await Promise.all(others.map(async (one) => [one.name, await one.text()])));
    const answer = await command("plan_import", { name: first.name, text: await first.text(), zone: zone.input.value.trim(), beside });
    if (!answer.ok) return complain(answer);
    return told.append(...imported(answer.result, running, done));
  };
  return section(t("Import a plan of another program"),
    el("p", { class: "advice" }, t("CCDciel, Ekos, NINA, Telescopius, Skychart. Choose the files it names as well, after it.")),
    el("label", { class: "field" }, el("span", {}, t("File")), file), zone.place, press(t("Read it"), run), told);
}

function imported(found, running, done) {
  const items = found.plan.target.length;
  const take = async (begin) => {
    const kept = await save({ text: found.text });
    if (kept && begin) await use(kept, done);
    else if (kept) tell(t("It is kept."));
  };
  return [
    el("p", {}, el("b", {}, found.plan.name), ` · ${t("{items} items", { items })}`),
    found.left_out.length ? el("p", {}, t("This could not be carried over:")) : el("p", {}, t("Everything was carried over.")),
    el("ul", { class: "left" }, found.left_out.map((line) => el("li", {}, line))),
    el("div", { class: "choices" }, el("button", { type: "button", class: "plain main", disabled: running, onclick: () => take(true) }, t("Keep and take it")), press(t("Keep it only"), () => take(false))),
  ];
}

function offset() {
  const minutes = -new Date().getTimezoneOffset();
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

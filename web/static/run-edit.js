// The form of one item of the plan, in a dialog: its fields, its steps, and each problem beside its field.

import { icon } from "./draw.js";
import { el, opened } from "./dom.js";
import { Form, Group } from "./run-form.js";
import { fieldsOf, groupsOf, KINDS, planFields, planMore, planPrograms, stepFields, STEPS } from "./run-fields.js";
import { agreed, change, hold, judge, letGo, note } from "./run-desk.js";
import { t } from "./words.js";

const more = (words, parts) => (parts.length ? el("details", { class: "more" }, el("summary", {}, words), el("div", { class: "fields" }, parts)) : null);

/** The steps of an item: a form each, moved and taken away. */
class Steps {
  constructor(steps, filters, path, { title, least, first }) {
    Object.assign(this, { filters, path, least, first });
    this.list = el("ol", { class: "steps" });
    const add = el("button", { type: "button", class: "plain", onclick: () => this.add(this.last()) }, t("Add a step"));
    this.place = el("fieldset", { class: "choice" }, el("legend", {}, title), this.list, add);
    this.all = [];
    for (const step of steps.length || !least ? steps : [first]) this.add(step);
  }

  last() {
    return this.all.length ? this.all.at(-1).values() : this.first;
  }

  add(step) {
    const one = { forms: [], place: el("li", { class: "step" }) };
    const [first, rest] = stepFields(this.filters);
    one.forms = [new Form(first, step, ""), new Form(rest, step, "")];
    one.values = () => Object.assign({}, ...one.forms.map((form) => form.values()));
    const button = (name, words, act) => el("button", { type: "button", class: "plain round-button", "aria-label": words, title: words, onclick: act }, icon(name));
    one.place.append(
      el("div", { class: "fields three" }, one.forms[0].parts),
      more(t("More of this step"), one.forms[1].parts),
      el("div", { class: "choices tight" },
        button("up", t("Move this step up"), () => this.move(one, -1)),
        button("down", t("Move this step down"), () => this.move(one, 1)),
        button("close", t("Take this step away"), () => this.drop(one))),
    );
    this.all.push(one);
    this.list.append(one.place);
  }

  move(one, by) {
    const from = this.all.indexOf(one);
    const to = from + by;
    if (to < 0 || to >= this.all.length) return;
    this.all.splice(from, 1);
    this.all.splice(to, 0, one);
    this.list.replaceChildren(...this.all.map((step) => step.place));
  }

  drop(one) {
    if (this.all.length <= this.least) return;
    this.all.splice(this.all.indexOf(one), 1);
    one.place.remove();
  }

  values() {
    return this.all.map((one) => one.values());
  }

  complain(field, words) {
    const found = field.startsWith(`${this.path}.`) && field.slice(this.path.length + 1).match(/^(\d+)\.(\w+)/);
    const step = found && this.all[Number(found[1])];
    if (!step) return false;
    return step.forms.some((form) => form.complain(found[2], words));
  }

  clear() {
    for (const one of this.all) one.forms.forEach((form) => form.clear());
  }
}

const panelOf = (typed) => (typeof typed === "string" ? typed.split(/[×x*;]|\s+/).filter(Boolean).map((part) => Number(part.replace(",", "."))) : typed);

/** Edit an item of the plan that `desk` (of plan_text) has; `index` null adds it. True when it was changed. */
export async function editItem(desk, item, index, { filters, panel, templates = [], running }) {
  const kind = item.do ?? "subs";
  const place = index ?? desk.plan.target.length;
  const path = `target.${place}`;
  const [first, rest] = fieldsOf(kind, filters, panel);
  const forms = [new Form(first, item, path), new Form(rest, item, path)];
  const groups = groupsOf(kind).map((group) => new Group(group, item[group.key], path));
  const own = ["subs", "mosaic"].includes(kind);
  const template = own && templates.length ? new Form([{ key: "template", label: t("Template of steps"), kind: "choice", usual: "", options: [["", t("None: steps of its own")], ...templates.map((one) => [one.name, one.name])] }], item, path) : null;
  const steps = STEPS[kind] ? new Steps(item.step ?? [], filters, `${path}.step`, STEPS[kind]) : null;
  const gather = () => {
    const values = Object.assign({}, ...forms.map((form) => form.values()));
    if (values.panel_deg !== undefined) values.panel_deg = panelOf(values.panel_deg);
    else if (kind === "mosaic" && panel) values.panel_deg = panelOf(panel);
    if (values.at_meridian === "") values.at_meridian = null;
    const name = template?.values().template || "";
    const known = Object.fromEntries([...first, ...rest].map((field) => [field.key, undefined]));
    const tables = Object.fromEntries(groups.map((group) => [group.key, group.value()]));
    const made = { ...item, ...known, ...values, ...tables, ...(own ? { template: name } : {}), ...(steps ? { step: name ? [] : steps.values() } : {}) };
    return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
  };
  const added = () => {
    const plan = structuredClone(desk.plan);
    const made = gather();
    plan.target.splice(place, index === null ? 0 : 1, made);
    const stored = made.template && !plan.template?.[made.template] && templates.find((one) => one.name === made.template);
    if (stored) plan.template = { ...plan.template, [stored.name]: { description: stored.description, step: stored.step } };
    return plan;
  };
  const shown = () => template && (steps.place.hidden = Boolean(template.values().template));
  const body = [el("div", { class: "fields" }, forms[0].parts), template?.parts, steps?.place, more(t("More options"), forms[1].parts), groups.map((group) => group.place)];
  const title = index === null ? t("Add: {kind}", { kind: KINDS[kind] }) : item.name || KINDS[kind];
  const asked = () => ask(title, body, [...forms, ...groups, template, steps].filter(Boolean), added, desk.edition, running);
  template?.parts[0].addEventListener("change", shown);
  shown();
  return asked();
}

/** The options of the whole plan. */
export function editOptions(desk, running) {
  const forms = [planFields, planMore].map((fields) => new Form(fields, desk.plan, ""));
  const programs = planPrograms.map((one) => new Group(one, desk.plan.script?.[one.key], "script"));
  const made = () => {
    const known = Object.fromEntries([...planFields, ...planMore].map((field) => [field.key, undefined]));
    const script = Object.fromEntries(programs.map((one) => [one.key, one.value()]));
    const whole = { ...desk.plan, ...known, ...forms[0].values(), ...forms[1].values(), script };
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  };
  const body = [el("div", { class: "fields" }, forms[0].parts), more(t("More options"), forms[1].parts), programs.map((one) => one.place)];
  return ask(t("Options of the plan"), body, [...programs, ...forms], made, desk.edition, running);
}

/** The dialog around a form: Save judges, shows every flaw in its place, and changes the plan. */
async function ask(title, body, forms, made, edition, running) {
  const held = await hold(running);
  if (held === null) return false;
  const problems = el("ul", { class: "problems" });
  const save = el("button", { type: "submit", class: "plain main" }, t("Save"));
  const dialog = el(
    "dialog", { class: "sheet", "aria-labelledby": "sheet-title" },
    el("form", { novalidate: true },
      el("header", { class: "sheet-head" }, el("h2", { id: "sheet-title", tabindex: "-1", autofocus: true }, title)),
      held && note(held), el("div", { role: "alert" }, problems), body.flat(),
      el("div", { class: "choices sheet-end" }, el("button", { type: "button", class: "plain", onclick: () => dialog.close("") }, t("Go back")), save)),
  );
  dialog.firstElementChild.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.setAttribute("aria-busy", "true");
    forms.forEach((form) => form.clear());
    problems.replaceChildren();
    const plan = made();
    const judged = await judge(plan);
    for (const one of judged.flaws) {
      const words = [one.problem, one.advice].filter(Boolean).join(" ");
      if (!forms.some((form) => form.complain(one.field, words))) problems.append(el("li", {}, icon("bad", "badge"), el("span", {}, `${one.field}: ${words}`)));
    }
    for (const one of dialog.querySelectorAll("details:has(.flaw:not([hidden]))")) one.open = true;
    if (judged.flaws.length) dialog.querySelector("[aria-invalid], .problems li")?.scrollIntoView({ block: "center" });
    else if ((await agreed(judged)) && (await change(plan, edition))) dialog.close("saved");
    save.removeAttribute("aria-busy");
  });
  const saved = (await opened(dialog)) === "saved";
  if (!saved) letGo(running);
  return saved;
}

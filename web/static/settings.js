// Settings: only what was changed is sent; what does not fit is shown beside its field.

import { $, icon, say, show } from "./draw.js";
import { command } from "./link.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const form = $("settings");
const settings = (within) => [...within.querySelectorAll(".setting")];

/** A field's value as the file would have it, null for nothing; a text that is no number stays a text, to be refused. */
function read(setting) {
  const input = setting.querySelector("input, textarea");
  switch (setting.dataset.kind) {
    case "switch": return input.checked;
    case "choice": return setting.querySelector("input:checked")?.value || null;
    case "number":
    case "integer": return number(input.value);
    case "lines": return lines(input.value).length ? lines(input.value) : null;
    case "table": return lines(input.value).length ? Object.fromEntries(lines(input.value).map(pair)) : null;
    default: return input.value.trim() || null;
  }
}

function number(text) {
  const plain = text.trim().replace("−", "-").replace(/^(-?\d+),(\d+)$/, "$1.$2");
  if (!plain) return null;
  return Number.isFinite(Number(plain)) ? Number(plain) : text.trim();
}

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** `NAME = value`: true and false, numbers, else a text, with or without quotation marks. */
function pair(line) {
  const at = line.indexOf("=");
  const bare = (text) => text.trim().replace(/^"(.*)"$/, "$1");
  if (at < 0) return [bare(line), ""];
  const [name, value] = [bare(line.slice(0, at)), line.slice(at + 1).trim()];
  if (value === "true" || value === "false") return [name, value === "true"];
  return [name, value !== "" && Number.isFinite(Number(value)) ? Number(value) : bare(value)];
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const begun = new WeakMap();
const remember = (within) => settings(within).forEach((setting) => begun.set(setting, read(setting)));
const differs = (setting) => !same(read(setting), begun.get(setting));
const key = (setting) => setting.dataset.path.split(".").pop();

/** A whole table: what the file says of it already, and what is not as usual. */
function whole(within) {
  const told = {};
  for (const setting of settings(within)) {
    const value = read(setting);
    if (value !== null && (setting.dataset.given !== undefined || differs(setting))) told[key(setting)] = value;
  }
  return told;
}

/** Everything changed, by its place in the file. */
function changes() {
  const found = {};
  for (const table of form.querySelectorAll(".table")) {
    const path = table.dataset.table;
    if (table.dataset.many !== undefined) several(table, path, found);
    else if (table.querySelector("[data-has]")) perhaps(table, path, found);
    else plain(table, found);
  }
  return found;
}

function plain(table, found) {
  for (const setting of settings(table)) if (differs(setting)) found[setting.dataset.path] = read(setting);
}

function perhaps(table, path, found) {
  const [has, had] = [table.querySelector("[data-has]").checked, table.dataset.there !== undefined];
  if (has && had) plain(table, found);
  else if (has) found[path] = whole(table);
  else if (had) found[path] = null;
}

function several(table, path, found) {
  const items = [...table.querySelectorAll("[data-item]")];
  if (table.dataset.touched === undefined && !items.some((item) => settings(item).some(differs))) return;
  found[path] = items.length ? items.map(whole) : null;
}

function renumber(table) {
  table.querySelectorAll("[data-item]").forEach((item, index) => {
    say(item.querySelector(".number"), String(index + 1));
    for (const setting of settings(item)) {
      const path = `${table.dataset.table}.${index}.${key(setting)}`;
      setting.dataset.path = path;
      // Two steps, so that radio buttons of one item never join those of another.
      const chosen = [...setting.querySelectorAll("input")].map((input) => input.checked);
      setting.querySelectorAll("input, textarea").forEach((input, n) => ((input.name = path), chosen[n] !== undefined && (input.checked = chosen[n])));
      const about = setting.querySelector(".advice");
      about.id = `help-${path}`;
      setting.querySelector("[aria-describedby]")?.setAttribute("aria-describedby", about.id);
    }
  });
}

function add(table) {
  const item = table.querySelector("template").content.firstElementChild.cloneNode(true);
  item.querySelectorAll("input[type=radio]").forEach((input) => (input.name = `new.${input.name}`));
  table.querySelector(".items").append(item);
  table.dataset.touched = "";
  renumber(table);
  remember(item);
  item.querySelector("input, textarea").focus();
}

function look() {
  for (const setting of settings(form)) setting.classList.toggle("changed", differs(setting));
  $("save").disabled = !Object.keys(changes()).length;
}

function clear() {
  show("wrong", false);
  form.querySelectorAll(".wrong").forEach((line) => line.remove());
  form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
}

/** Beside the field, or the nearest thing that is on this page; else at the top. */
function place(problem) {
  const near = settings(form).filter(({ dataset: { path } }) => problem.field === path || problem.field.startsWith(`${path}.`));
  const setting = near.find((one) => !one.closest("[hidden]"));
  if (!setting) return false;
  const line = Object.assign(document.createElement("p"), { className: "wrong" });
  line.append(icon("bad", "badge"), problem.problem);
  setting.append(line);
  for (const input of setting.querySelectorAll("input, textarea")) input.setAttribute("aria-invalid", "true");
  return true;
}

function wrong(problems) {
  const elsewhere = problems.filter((problem) => !place(problem));
  const told = elsewhere.map(({ field, problem }) => (field ? `${field}: ${problem}` : problem));
  say($("wrong").querySelector("span"), told.join(" ") || t("Look at what is marked below."));
  show("wrong", true);
  (form.querySelector("[aria-invalid]") ?? $("wrong")).focus();
  tell("");
}

async function save() {
  clear();
  const values = changes();
  tell(t("Asking the box…"), "busy");
  $("save").disabled = true;
  const checked = await command("profile_check", { values });
  if (!checked.ok || checked.result.length) {
    look();
    return checked.ok ? wrong(checked.result) : complain(checked);
  }
  const saved = await command("profile_change", { values, version: form.dataset.version });
  look();
  if (!saved.ok) return complain(saved);
  form.dataset.version = saved.result.version;
  settled(saved.result);
}

function settled({ night }) {
  for (const table of form.querySelectorAll(".table")) {
    const has = table.querySelector("[data-has]");
    if (has) table.toggleAttribute("data-there", has.checked);
    delete table.dataset.touched;
  }
  for (const setting of settings(form)) if (differs(setting)) setting.toggleAttribute("data-given", read(setting) !== null);
  remember(form);
  look();
  tell(night ? t("Saved. This night goes on as it began; the change counts from the box's next start.") : t("Saved. It counts from the box's next start."));
}

form.addEventListener("submit", (event) => (event.preventDefault(), save()));
form.addEventListener("input", look);
form.addEventListener("change", ({ target }) => {
  if (target.dataset.has !== undefined) target.closest(".table").querySelector(".fields").hidden = !target.checked;
  look();
});
form.addEventListener("click", ({ target }) => {
  const table = target.closest(".table");
  if (target.closest("[data-add]")) add(table);
  else if (target.closest("[data-remove]")) {
    target.closest("[data-item]").remove();
    table.dataset.touched = "";
    renumber(table);
  } else return;
  look();
});
remember(form);
look();

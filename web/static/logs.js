// The decision log: what was said before comes from the box, what is said now by the stream.

import { $, clock, icon, say, show } from "./draw.js";
import { command } from "./link.js";
import { follow, time } from "./live.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const PAGE = 100;
const MOST = 2000; // lines on the page; a night in the browser must not grow for ever
const RANK = { info: 0, warning: 1, error: 2 };
const SIGNS = { warning: "warn", error: "bad" };
const now = { night: "", oldest: 0, asked: 0, begun: 0 };

const level = () => document.querySelector('input[name="level"]:checked').value;
const text = () => $("text").value.trim();

function fits(line) {
  if (RANK[line.level] < RANK[level()]) return false;
  const whole = [line.text, line.source, line.code, line.advice].join(" ").toLowerCase();
  return whole.includes(text().toLowerCase());
}

const made = (name, values) => Object.assign(document.createElement(name), values);

function drawn(line) {
  const row = made("li", {});
  const body = made("div", {});
  const head = made("p", { className: "head-line" });
  if (SIGNS[line.level]) {
    row.dataset.tone = SIGNS[line.level];
    head.append(icon(SIGNS[line.level], "badge"), made("span", { className: "unseen", textContent: line.level === "error" ? t("Error:") : t("Warning:") }));
  }
  head.append(made("span", { textContent: line.text }));
  body.append(head);
  if (line.advice) body.append(made("p", { className: "advice", textContent: line.advice }));
  if (line.code) body.append(made("p", { className: "code", textContent: line.code }));
  const moment = made("time", { textContent: stamp(line.at), dateTime: new Date(line.at * 1000).toISOString() });
  row.append(moment, body);
  return row;
}

/** The time of day; with the date where it is not today's. */
function stamp(at) {
  const [day, today] = [new Date(at * 1000), new Date(time() * 1000)];
  const date = day.toDateString() === today.toDateString() ? "" : `${day.toLocaleDateString([], { month: "short", day: "numeric" })} `;
  return date + clock(at);
}

async function load(older = false) {
  const asked = ++now.asked;
  const told = await command("log_lines", { night: now.night, level: level(), text: text(), before: older ? now.oldest : 0, limit: PAGE });
  if (asked !== now.asked) return; // somebody typed on meanwhile
  if (!told.ok) return complain(told);
  const lines = told.result.toReversed().map(drawn);
  if (older) $("lines").append(...lines);
  else $("lines").replaceChildren(...lines);
  if (told.result.length) now.oldest = told.result[0].id;
  show("older", told.result.length === PAGE && $("lines").children.length < MOST);
  show("none", !$("lines").children.length);
  say("which", now.night || $("which").dataset.live);
}

function live(line, { at }) {
  if (now.night || !now.begun || at < now.begun || !fits(line)) return;
  $("lines").prepend(drawn({ ...line, at }));
  while ($("lines").children.length > MOST) $("lines").lastElementChild.remove();
  show("none", false);
}

let typing;
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => load(), 300);
});
$("older").addEventListener("click", () => load(true));
for (const button of document.querySelectorAll("[data-night]")) {
  button.addEventListener("click", () => {
    now.night = now.night === button.dataset.night ? "" : button.dataset.night;
    for (const other of document.querySelectorAll("[data-night]")) other.setAttribute("aria-pressed", String(other.dataset.night === now.night));
    load();
    $("lines-head").scrollIntoView({ block: "center" });
  });
}
follow({ Said: live }, { snapshot: () => ((now.begun = time()), load()) });

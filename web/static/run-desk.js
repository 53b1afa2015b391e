// The box's plan on this phone: read, changed as a whole, and what the box says to that.

import { command } from "./link.js";
import { clock } from "./draw.js";
import { el, sure } from "./dom.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const who = (() => {
  try {
    const known = sessionStorage.getItem("who") ?? t("phone {number}", { number: Math.floor(1000 + Math.random() * 9000) });
    sessionStorage.setItem("who", known);
    return known;
  } catch {
    return t("a phone");
  }
})();

export const me = () => who;

/** What the box has: {plan, edition, editing}, null when it did not answer. */
export async function read() {
  const told = await command("plan_text");
  if (!told.ok) complain(told);
  return told.ok ? told.result : null;
}

/** The box's word on a plan: {flaws, total, dropped, running}. */
export async function judge(plan) {
  const told = await command("plan_check", { plan });
  return told.ok ? told.result : { flaws: [{ field: "", problem: told.sentence, advice: told.advice }], dropped: [] };
}

/** Ask before saved subs lose their count; true when nothing is lost, or a person agrees. */
export async function agreed(judged) {
  if (!judged.dropped.length) return true;
  const lines = judged.dropped.map((one) => (one.fewer
    ? t("{step}: {saved} saved subs are more than are asked for. Their files stay.", one)
    : t("{step}: {saved} saved subs no longer count, and that step begins anew. Their files stay.", one)));
  return sure(t("This changes what was begun"), lines, t("Change it"), t("Go back"));
}

/** Change the plan; false, and it was said why, when the box did not take it. */
export async function change(plan, edition) {
  const told = await command("plan_change", { plan, edition, who });
  if (!told.ok) complain(told);
  else tell(t("The plan is changed."));
  return told.ok;
}

/** Judge and change, for what has no form: the first flaw is said as one line. */
export async function changeOnce(plan, edition) {
  const judged = await judge(plan);
  if (judged.flaws.length) {
    const [first] = judged.flaws;
    complain({ sentence: `${first.field}: ${first.problem}`, advice: first.advice });
    return false;
  }
  return (await agreed(judged)) && change(plan, edition);
}

/** Hold new subs while somebody edits: what is said of it, or null when somebody else does. */
export async function hold(running) {
  if (!running) return "";
  const told = await command("plan_edit", { who });
  if (!told.ok) {
    complain(told);
    return null;
  }
  const until = clock(Date.now() / 1000 + 300).slice(0, 5);
  return t("The plan runs: its running sub ends, and no new one begins until you save or go back, until {until} at most. What is saved stays saved.", { until });
}

export const letGo = (running) => running && command("plan_leave", { who });

export const note = (words) => el("p", { class: "note", role: "status" }, words);

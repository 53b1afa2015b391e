// The box's addresses, its Wi-Fi, and joining another one.

import { $, icon, say, show } from "./draw.js";
import { command } from "./link.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const made = (name, values, ...inside) => {
  const element = Object.assign(document.createElement(name), values);
  element.append(...inside);
  return element;
};

async function look() {
  const told = await command("network");
  if (!told.ok) return complain(told);
  const { adapters, manager, trouble } = told.result;
  $("adapters").replaceChildren(...adapters.filter((one) => one.up || one.wifi).map(adapter));
  say("trouble", trouble);
  show("trouble", Boolean(trouble));
  show("wifi", manager && adapters.some((one) => one.wifi));
  show("no-manager", !manager);
}

const MODES = { "access point": t("the box's own Wi-Fi"), client: t("joined") };
function adapter(one) {
  const kind = one.wifi ? t("Wi-Fi") : t("Cable");
  const state = one.up ? [one.network, MODES[one.mode]].filter(Boolean).join(", ") || t("connected") : t("not connected");
  const row = made("li", {}, icon(one.wifi ? "network" : "plug"), made("b", { textContent: `${kind} ${one.name}` }));
  row.append(made("span", { className: "told" }, made("span", { textContent: state }), ...one.addresses.map((address) => made("code", { textContent: address }))));
  return row;
}

async function networks() {
  $("look").disabled = true;
  tell(t("Looking for networks…"), "busy");
  const told = await command("wifi_networks");
  $("look").disabled = false;
  if (!told.ok) return complain(told);
  tell("");
  $("networks").replaceChildren(...told.result.map(network));
  if (!told.result.length) $("networks").append(made("li", { className: "empty", textContent: t("No network is in reach.") }));
}

function network(one) {
  const guarded = one.guarded ? t("with a password") : t("open");
  const words = made("span", { className: "told", textContent: `${one.signal} % · ${one.joined ? t("joined") : guarded}` });
  const button = made("button", { type: "button", className: "plain", textContent: t("Join"), disabled: one.joined });
  button.setAttribute("aria-label", t("Join {name}", { name: one.name }));
  button.addEventListener("click", () => ask(one));
  return made("li", {}, made("b", { textContent: one.name }), words, button);
}

let wanted = null;
function ask(one) {
  wanted = one;
  say("joining-name", t("Join {name}", { name: one.name }));
  $("password").value = "";
  $("password").required = one.guarded;
  show("secret", one.guarded);
  $("joining").showModal();
  (one.guarded ? $("password") : $("cancel")).focus();
}

$("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = wanted.guarded ? $("password").value : "";
  $("joining").close();
  $("password").value = "";
  tell(t("Asking the box…"), "busy");
  const told = await command("wifi_join", { name: wanted.name, password });
  if (told.ok) tell(t("The box joins {name}. Join it with your phone, too, and open this page there.", { name: wanted.name }), "busy");
  else complain(told);
});
$("cancel").addEventListener("click", () => $("joining").close());
$("look").addEventListener("click", networks);
look();

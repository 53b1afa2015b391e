// Who may command which device, when other programs are there; lending one, and taking it back.

import { $, say, show } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

/** A new life of the box knows of nobody. */
export function clear() {
  show("leases", false);
}

export function draw(state) {
  show("leases", state.clients.length > 0);
  say("leases-clients", state.clients.join(", "));
  $("leases-list").replaceChildren(...state.devices.map((owned) => row(owned, state.clients)));
}

function row(owned, clients) {
  const line = document.createElement("li");
  const name = document.createElement("b");
  const who = document.createElement("span");
  name.textContent = owned.device;
  who.textContent = owned.waits ? t("{owner}; then {client}", owned) : owned.owner + (owned.lent ? t(", lent") : "");
  line.append(name, who, ...choices(owned, clients));
  return line;
}

function choices(owned, clients) {
  if (owned.client) return [button(t("Take back"), "lease_take_back", { device: owned.device })];
  if (owned.by === "safety") return [];
  return clients.map((client) => {
    const words = clients.length === 1 ? t("Hand over") : t("Hand to {client}", { client });
    return button(words, "lease_grant", { device: owned.device, client });
  });
}

function button(words, name, given) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "plain";
  one.textContent = words;
  one.addEventListener("click", async () => {
    one.disabled = true;
    const told = await command(name, given);
    one.disabled = false;
    say("leases-told", told.ok ? "" : [told.sentence, told.advice].filter(Boolean).join(" "));
    show("leases-told", !told.ok);
  });
  return one;
}

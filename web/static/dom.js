// Elements made in one call: el("p", { class: "advice" }, "text", other).

/** `on…` are listeners, false and null are left out, true is an empty attribute; children may be text. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Wait for a person: the dialog closes with what its buttons say, "" when it is just closed.
 *  Stop is in reach in it too, and what the box answers is seen there. */
export function opened(dialog) {
  const answer = document.getElementById("answer");
  const home = answer?.parentElement;
  const stop = document.querySelector(".dock [data-command=stop]")?.cloneNode(true);
  if (answer) dialog.append(answer);
  const foot = dialog.querySelector(".sheet-end");
  if (stop && foot) foot.firstElementChild.after(stop);
  else if (stop) dialog.append(el("div", { class: "dialog-stop" }, stop));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    if (answer) home.prepend(answer);
    dialog.remove();
    resolve(dialog.returnValue);
  }, { once: true }));
}


/** Ask before something is done: true when it shall be. */
export async function sure(title, lines, yes, no) {
  const answer = (value, look, words) => el("button", { type: "button", class: look, onclick: () => dialog.close(value) }, words);
  const dialog = el(
    "dialog", { "aria-labelledby": "sure-title", class: "sure" },
    el("h2", { id: "sure-title" }, title),
    lines.map((line) => el("p", {}, line)),
    el("div", { class: "choices" }, answer("", "plain", no), answer("yes", "plain main", yes)),
  );
  return (await opened(dialog)) === "yes";
}

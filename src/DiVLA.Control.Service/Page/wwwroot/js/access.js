// Who one is to the service, and what that is not enough for.

import { get } from "./api.js";
import * as credential from "./credential.js";
import { openDialog } from "./dialogs.js";
import { byId, say, show } from "./dom.js";

const dialog = byId("sign-in-dialog");
const form = byId("sign-in-form");
const answer = form.querySelector(".answer");

export class Access {
  caller = null;
  #onChange;

  /** @param {() => void} onChange the caller is another one, or has become known */
  constructor(onChange) {
    this.#onChange = onChange;
    byId("sign-in").addEventListener("click", () => (credential.hasToken() ? this.#signOut() : this.ask("")));
    byId("sign-in-cancel").addEventListener("click", () => dialog.close());
    form.addEventListener("submit", event => {
      event.preventDefault();
      this.#signIn(form.elements.token.value.trim());
    });
  }

  /** Asks the service who one is. */
  async learn() {
    try {
      this.caller = await get("/v1/caller");
      this.#onChange();
    } catch (error) {
      this.caller = null;
      if (error.status === 401) this.ask(error.message);
    }
    this.#show();
  }

  /** Asks for a token, with what the service said to that. */
  ask(fault) {
    say(byId("sign-in-text"), "This service answers those who show a token or a client certificate.");
    say(answer, fault);
    if (!dialog.open) openDialog(dialog);
  }

  /** Why the caller may not do what an operator may; empty where it may. */
  get denial() {
    if (!this.caller) return "Sign in to do this.";
    return this.caller.roles.includes("operator") ? "" : `Needs the role operator; you are ${this.caller.roles.join(", ") || "without a role"}.`;
  }

  async #signIn(token) {
    credential.setToken(token);
    await this.learn();
    if (!this.caller) return;
    form.reset();
    dialog.close();
  }

  #signOut() {
    credential.forgetToken();
    this.#onChange();
    this.learn();
  }

  #show() {
    const { caller } = this;
    say(byId("caller"), caller ? describe(caller) : "not signed in");
    say(byId("sign-in"), credential.hasToken() ? "Sign out" : "Sign in");
    show(byId("sign-in"), !caller || caller.asks_for_credentials);
    for (const element of document.querySelectorAll("[data-needs]")) deny(element, this.denial);
    if (caller?.asks_for_credentials) fillIn(caller.name);
  }
}

function describe(caller) {
  if (!caller.asks_for_credentials) return "everybody on this machine may do everything";
  const until = caller.expires ? `, until ${new Date(caller.expires).toLocaleString("en-GB")}` : "";
  return `${caller.name}: ${caller.roles.join(", ")} of ${caller.robots.join(", ") || "no robot"}${until}`;
}

// A stop is never taken away: who presses it is refused by the service, loudly, and not by a page that may be wrong.
function deny(element, reason) {
  const note = (element.matches("form") ? element : element.parentElement).querySelector("[data-denial]");
  if (note) say(note, reason);
  if (element.matches(".stop")) element.setAttribute("aria-disabled", String(reason !== ""));
  else if (element.matches("form")) for (const control of element.elements) control.disabled = reason !== "";
  else element.disabled = reason !== "";
}

// The record has the credential's name, whatever is written here.
function fillIn(name) {
  for (const input of document.querySelectorAll("input[name=who]")) [input.value, input.readOnly] = [name, true];
}

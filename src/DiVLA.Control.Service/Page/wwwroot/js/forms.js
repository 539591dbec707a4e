// Forms that ask the service for something on behalf of a person.

import * as credential from "./credential.js";
import { say } from "./dom.js";

/**
 * Sends a form by a function, and shows what became of it.
 * @param {HTMLFormElement} form
 * @param {(fields: Record<string, string>) => Promise<string>} send returns what to say
 */
export function onSubmit(form, send) {
  form.addEventListener("submit", event => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    credential.setWho(fields.who);
    answerWith(form, () => send(fields));
  });
}

/** Does something for a form, and shows in it what became of that. */
export async function answerWith(form, work) {
  const answer = form.querySelector(".answer");
  say(answer, "");
  try {
    say(answer, await work());
    answer.dataset.outcome = "done";
  } catch (error) {
    say(answer, error.message);
    answer.dataset.outcome = "refused";
  }
}

/** Fills in who asks, as the last time. */
export function rememberWho() {
  for (const input of document.querySelectorAll("input[name=who]")) input.value ||= credential.who();
}

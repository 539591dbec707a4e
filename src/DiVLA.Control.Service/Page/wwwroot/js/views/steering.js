// Telling it what to do: instruction and pin.

import { ofSession, post } from "../api.js";
import { byId, make, say, show } from "../dom.js";
import { answerWith, onSubmit } from "../forms.js";
import * as credential from "../credential.js";
import { pinWords } from "../words.js";

const pinForm = byId("pin-form");
const instructionForm = byId("instruction-form");

/** @param {() => string} selected gives the id of the session that is shown */
export function connectSteering(selected) {
  onSubmit(instructionForm, async ({ instruction, who, why }) => {
    const answer = await post(ofSession(selected(), "/instruction"), { instruction, who, why });
    instructionForm.elements.instruction.value = "";
    return `${answer.robot_id} is told: ${answer.instruction}`;
  });
  onSubmit(pinForm, async fields => {
    const answer = await post(ofSession(selected(), "/reasoning/pin"), request(fields));
    return `Pinned for ${answer.robot_id}: ${pinWords(answer.pin)}`;
  });
  byId("release").addEventListener("click", () => answerWith(pinForm, async () => {
    const [who, why] = [pinForm.elements.who.value.trim(), pinForm.elements.why.value.trim()];
    credential.setWho(who);
    const answer = await post(ofSession(selected(), "/reasoning/release"), { who, why });
    return `Released for ${answer.robot_id}: ${pinWords(answer.released)}`;
  }));
  pinForm.addEventListener("change", showKind);
}

export function drawSteering(session) {
  say(byId("instruction"), session.info.instruction ?? "");
  const slots = session.info.pinnable ?? [];
  say(byId("pin-note"), slots.length === 0
    ? "The phrases of this policy have no slots: it cannot be pinned."
    : "The arm does what the phrase says. It takes effect within a few ticks, and lasts until it is released.");
  fill("objects", slots.find(slot => slot.slot === "object")?.values ?? []);
  fill("bins", slots.find(slot => slot.slot === "bin")?.values ?? []);
}

function request({ kind, object, bin, phrase, verbatim, who, why }) {
  const held = kind === "phrase" ? { phrase: phrase.trim(), verbatim: verbatim === "on" } : { object: object.trim(), bin: bin.trim() };
  return { ...held, who, why };
}

function showKind() {
  for (const part of pinForm.querySelectorAll("[data-kind]")) show(part, part.dataset.kind === pinForm.elements.kind.value);
}

function fill(id, values) {
  const place = byId(id);
  if (place.dataset.values === values.join("|")) return;
  place.dataset.values = values.join("|");
  place.replaceChildren(...values.map(value => make("option", { value })));
}

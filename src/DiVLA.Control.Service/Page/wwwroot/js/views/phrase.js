// What it says, and what it said.

import { byId, make, say, show } from "../dom.js";
import { describeTimeline, drawTimeline } from "../timeline.js";
import { ago, freshnessWords, pinWords } from "../words.js";

const LISTED_PHRASES = 60;
const LISTED_PINS = 20;
const list = byId("history");

export function drawPhrase(session) {
  const { phrase } = session;
  say(byId("phrase"), phrase?.text ? phrase.text : "It has not said anything yet.");
  say(byId("phrase-facts"), phrase?.text ? `phrase ${phrase.phrase_id}, ${freshnessWords(phrase.freshness)}, since tick ${phrase.since_tick}` : "");
  const { pin } = session.info;
  show(byId("pinned"), Boolean(pin));
  if (pin) say(byId("pinned"), `▲ Pinned: ${pinWords(pin)}, by ${pin.who}${pin.why ? `: ${pin.why}` : ""}${pin.pinned_object === "UNCHECKED" ? " (nobody has looked whether it is there)" : ""}`);
}

export function drawHistory(session) {
  const span = Number(byId("span").value);
  const canvas = byId("timeline");
  drawTimeline(canvas, session, span);
  canvas.setAttribute("aria-label", describeTimeline(session, span));
  say(byId("history-note"), session.historyFault);
  if (byId("history-box").open) listAll(session);
}

function listAll(session) {
  const newestFirst = (one, other) => other.tick - one.tick;
  const pins = session.pins.map(pinEntry).sort(newestFirst).slice(0, LISTED_PINS);
  const entries = [...session.phrases.slice(-LISTED_PHRASES).map(phraseEntry), ...pins].sort(newestFirst);
  entries.forEach((entry, index) => {
    const item = list.children[index] ?? list.appendChild(make("li"));
    item.dataset.tick = entry.tick;
    say(item, `${ago(session.secondsSince(entry.tick))}, tick ${entry.tick}: ${entry.text}`);
  });
  while (list.children.length > entries.length) list.lastChild.remove();
}

function phraseEntry(phrase) {
  const share = phrase.verifiedShare === undefined ? "" : ` (verified in ${(100 * phrase.verifiedShare).toFixed(0)} % of its ticks)`;
  return { tick: phrase.first, text: `${phrase.pin ? "▲ " : ""}${phrase.text}${share}` };
}

function pinEntry(pin) {
  const refusal = pin.action === "REFUSED" ? ` (${String(pin.refusal).toLowerCase().replaceAll("_", " ")})` : "";
  return { tick: pin.tick, text: `${String(pin.action).toLowerCase()}${refusal} ${pinWords(pin.pin)} by ${pin.who}${pin.why ? `: ${pin.why}` : ""}` };
}

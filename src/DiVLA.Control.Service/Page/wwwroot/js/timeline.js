// Phrases over the ladder on one time axis. A rung is a colour and a pattern, and where there is room its word.

import { begin, clip } from "./canvas.js";

const LADDER_HEIGHT = 22;
const AXIS_HEIGHT = 20;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./model.js").Session} session
 * @param {number} span seconds shown
 */
export function drawTimeline(canvas, session, span) {
  const sheet = begin(canvas);
  if (!sheet) return;
  const ticks = span * session.rate;
  const x = tick => sheet.width * (1 - (session.tick - tick) / ticks);
  const phrases = { top: 14, height: sheet.height - AXIS_HEIGHT - LADDER_HEIGHT - 18 };
  const ladder = { top: sheet.height - AXIS_HEIGHT - LADDER_HEIGHT, height: LADDER_HEIGHT };
  const isShown = piece => x(piece.last + 1) > 0;
  session.phrases.filter(isShown).forEach(phrase => drawPhrase(sheet, phrase, x, phrases));
  session.pins.filter(pin => x(pin.tick) > 0).forEach(pin => drawPin(sheet, pin, x));
  session.runs.filter(isShown).forEach(run => drawRun(sheet, run, x, ladder));
  drawAxis(sheet, span);
}

/** The same for those who do not see it. */
export function describeTimeline(session, span) {
  const from = session.tick - span * session.rate;
  const count = session.phrases.filter(phrase => phrase.last >= from).length;
  const ticks = {};
  for (const run of session.runs.filter(each => each.last >= from)) ticks[run.state] = (ticks[run.state] ?? 0) + run.last - Math.max(run.first, from) + 1;
  const total = Object.values(ticks).reduce((sum, each) => sum + each, 0);
  const shares = Object.entries(ticks).map(([state, each]) => `${state} ${((100 * each) / total).toFixed(0)} %`);
  return `The last ${span} seconds: ${count} ${count === 1 ? "phrase" : "phrases"}; ${shares.join(", ") || "no command yet"}.`;
}

function drawPhrase({ context, colour }, phrase, x, { top, height }) {
  const [left, right] = [Math.max(0, x(phrase.first)), x(phrase.last + 1)];
  context.fillStyle = colour(phrase.id % 2 === 0 ? "phrase-even" : "phrase-odd");
  context.fillRect(left, top, Math.max(1, right - left), height);
  context.fillStyle = colour("line-strong");
  context.fillRect(left, top, 1, height);
  context.fillStyle = colour("text");
  context.textAlign = "left";
  lines(context, phrase.text, right - left - 8, Math.floor(height / 15)).forEach((line, at) => context.fillText(line, left + 5, top + 10 + at * 15));
}

// Phrases are sentences of clauses: each begins a line where there is room.
function lines(context, text, room, most) {
  const clauses = text.split(/(?<=,) /);
  if (clauses.length <= most) return clauses.map(clause => clip(context, clause, room));
  return [clip(context, text, room)];
}

function drawPin({ context, colour }, pin, x) {
  context.fillStyle = colour("text");
  context.textAlign = "center";
  context.fillText({ RELEASED: "△", REFUSED: "✕" }[pin.action] ?? "▲", x(pin.tick), 6);
}

function drawRun(sheet, run, x, { top, height }) {
  const { context, colour } = sheet;
  const left = Math.max(0, x(run.first));
  const width = Math.max(1, x(run.last + 1) - left);
  context.fillStyle = colour(`state-${run.state.toLowerCase()}`);
  context.fillRect(left, top, width, height);
  if (width > 6) hatch(sheet, run.state, left, top, width, height);
  context.textAlign = "left";
  const word = clip(context, run.state, width - 8);
  if (word !== run.state) return;
  context.fillStyle = colour("on-state");
  context.fillText(word, left + 5, top + height / 2);
}

function hatch({ context, colour }, state, left, top, width, height) {
  const directions = { REUSED: [1], HOLD: [0], STOPPED: [1, -1] }[state];
  if (!directions) return;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour("hatch");
  context.lineWidth = 1;
  context.beginPath();
  for (const direction of directions)
    for (let at = left - (left % 8) - height; at < left + width + height; at += 8) {
      context.moveTo(at, direction >= 0 ? top + height : top);
      context.lineTo(direction === 0 ? at : at + height, direction >= 0 ? top : top + height);
    }
  context.stroke();
  context.restore();
}

function drawAxis({ context, width, height, colour }, span) {
  context.fillStyle = colour("muted");
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    context.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
    context.fillText(share === 1 ? "now" : `−${(span * (1 - share)).toFixed(0)} s`, width * share, height - 8);
  }
}

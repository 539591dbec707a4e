// Whether commands leave on time, and what takes how long.

import { byId, make, say } from "../dom.js";
import { plot } from "../plot.js";
import { ms } from "../words.js";

const SPAN = 120;
const PLOTTED = ["backbone", "reasoning", "diffusion", "inference", "capture_to_transport"];
const body = byId("stage-table").tBodies[0];

export function drawTiming(session) {
  const { statistics } = session;
  if (!statistics) return;
  const due = Math.max(1, statistics.ticks_due);
  say(byId("rates"), `${statistics.command_hz.toFixed(1)} commands/s, ${statistics.missed} of ${statistics.ticks_due} missed, `
    + `${statistics.late_over_1ms} later than 1 ms, FRESH ${((100 * statistics.fresh) / due).toFixed(1)} %, `
    + `${statistics.reasoning_hz.toFixed(1)} whole cycles/s, limited ${statistics.limiter_interventions} times`);
  drawPlot("lateness", ["p50", "p99", "max"].map(name => series(session, name, session.lateness, name)));
  drawPlot("stages", PLOTTED.map(stage => series(session, stage, session.stages.get(stage) ?? [], "p50")));
  (statistics.stages ?? []).forEach(drawStage);
}

function series(session, name, points, value) {
  return { name: name.replaceAll("_", " "), points: points.map(point => ({ x: -session.secondsSince(point.tick), y: point[value] / 1000 })) };
}

function drawPlot(id, lines) {
  plot(byId(id), lines, SPAN);
  const newest = lines.filter(line => line.points.length > 0).map(line => `${line.name} ${line.points.at(-1).y.toFixed(2)} ms`);
  byId(id).setAttribute("aria-label", `Newest of the last ${SPAN} seconds: ${newest.join(", ") || "nothing yet"}`);
}

function drawStage({ stage, latency, recent }, index) {
  const row = body.rows[index] ?? body.appendChild(make("tr", {}, make("th", { scope: "row" }), make("td"), make("td"), make("td"), make("td")));
  const numbers = [recent?.count > 0 ? ms(recent.p50_us) : "–", ms(latency.p50_us), ms(latency.p99_us), ms(latency.max_us)];
  say(row.cells[0], stage.replaceAll("_", " "));
  numbers.forEach((number, at) => say(row.cells[at + 1], number));
}

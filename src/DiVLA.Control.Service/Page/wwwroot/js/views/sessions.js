// The list of robots: which is shown, how it stands, and a stop for each.

import { byId, make, say, show } from "../dom.js";
import { stateWords } from "../words.js";

const list = byId("sessions");
const rows = new Map();

/** Shows all robots that have been seen. */
export function drawSessions(model, selected, select) {
  for (const session of model.sessions.values()) {
    if (!rows.has(session.robot)) rows.set(session.robot, addRow(session.robot, select));
    drawRow(rows.get(session.robot), session, session.robot === selected);
  }
  show(byId("no-sessions"), model.sessions.size === 0);
}

function addRow(robot, select) {
  const name = make("span", { className: "robot" });
  const state = make("span", { className: "state" });
  const text = make("span", { className: "said" });
  const choose = make("button", { type: "button", className: "choose" }, name, state, text);
  choose.addEventListener("click", () => select(robot));
  const stop = make("button", { type: "button", className: "stop small", data: { stop: robot } }, "Stop");
  stop.setAttribute("aria-label", `Stop ${robot}`);
  const item = make("li", {}, choose, stop);
  list.append(item);
  return { item, choose, name, state, text, stop };
}

function drawRow(row, session, isSelected) {
  say(row.name, session.robot);
  say(row.state, session.hasEnded ? "– ended" : stateWords(session.info.state));
  row.state.dataset.state = session.hasEnded ? "ENDED" : session.info.state ?? "";
  say(row.text, session.phrase?.text ?? "");
  row.choose.setAttribute("aria-pressed", String(isSelected));
  show(row.stop, !session.hasEnded);
}

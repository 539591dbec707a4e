// How the service is, and whether what the page shows is live.

import { byId, make, say } from "../dom.js";
import { clockTime } from "../words.js";

const WORDS = { connecting: "… connecting", live: "● live", lost: "✕ connection lost", refused: "✕ not let in", paused: "‖ paused" };

export function drawConnection(connection) {
  document.body.dataset.connection = connection.state;
  say(byId("connection"), WORDS[connection.state]);
  const since = connection.heardAt > 0 ? `Values are old since ${clockTime(connection.heardAt)}.` : "Nothing has been heard yet.";
  say(byId("alarm"), connection.state === "lost" ? `Connection lost: ${connection.fault}. ${since} Trying again…`
    : connection.state === "refused" ? `Not let in: ${connection.fault}. ${since}` : "");
}

export function drawHealth(health, model) {
  say(byId("health"), health ? `Bundle ${health.bundle_revision}. Records: ${words(health.records?.state)}. Audit log: ${health.audit?.on ? "on" : "off"}.` : "");
  drawNotices(health, model);
}

function drawNotices(health, model) {
  const notices = [
    model.stops.all_stopped && "■ All robots are stopped until they are reset.",
    ...model.stops.stopped_robot_ids.map(robot => `■ ${robot} is stopped until it is reset.`),
    health && !health.lets_robots_in && "The service is shutting down: no robot is let in.",
    health?.records?.state === "FAILING" && `Records are not written: ${health.records.fault}`,
    health?.audit?.fault && `The audit log is not written: ${health.audit.fault}`,
  ].filter(Boolean);
  const place = byId("notices");
  if (place.dataset.notices === notices.join("\n")) return;
  place.dataset.notices = notices.join("\n");
  place.replaceChildren(...notices.map(notice => make("p", {}, notice)));
}

function words(state) {
  return String(state ?? "unknown").toLowerCase();
}

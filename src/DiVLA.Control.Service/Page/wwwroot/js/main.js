// Puts the page together: events change the model, and a few times a second what is shown follows it.

import { Access } from "./access.js";
import { get, ofSession } from "./api.js";
import { Connection } from "./connection.js";
import { byId, show } from "./dom.js";
import { rememberWho } from "./forms.js";
import { Model } from "./model.js";
import { drawCameras } from "./views/cameras.js";
import { drawHead } from "./views/head.js";
import { drawJoints } from "./views/joints.js";
import { drawHistory, drawPhrase } from "./views/phrase.js";
import { connectReset } from "./views/reset.js";
import { drawConnection, drawHealth } from "./views/service.js";
import { drawSessions } from "./views/sessions.js";
import { connectSteering, drawSteering } from "./views/steering.js";
import { drawTiming } from "./views/timing.js";

const DRAW_MS = 200;
// Id of the robot that is shown.
let selected = "";
let isDrawingDue = true;
let wasRefused = false;

const model = new Model(session => remember(session));
const connection = new Connection(model, followConnection);
const access = new Access(() => connection.again());

connectSteering(() => model.sessions.get(selected).id);
connectReset(() => model.sessions.get(selected), model);
byId("span").addEventListener("change", draw);
byId("history-box").addEventListener("toggle", draw);
rememberWho();
access.learn();
connection.start();
setInterval(draw, DRAW_MS);

// Where a credential has come to its end, somebody has to show another one.
function followConnection() {
  isDrawingDue = true;
  if (connection.state === "refused" && !wasRefused) access.learn();
  if (connection.state === "refused" || connection.state === "live") wasRefused = connection.state === "refused";
}

function select(robot) {
  selected = robot;
  draw();
}

function draw() {
  if (document.hidden && !isDrawingDue) return;
  isDrawingDue = false;
  if (!model.sessions.has(selected)) selected = model.live[0]?.robot ?? model.sessions.keys().next().value ?? "";
  drawConnection(connection);
  drawHealth(connection.health, model);
  drawSessions(model, selected, select);
  const session = model.sessions.get(selected);
  show(byId("session"), session !== undefined);
  if (!session) return;
  drawHead(session, model, connection.state === "live");
  drawPhrase(session);
  drawHistory(session);
  drawCameras(session);
  drawJoints(session);
  drawTiming(session);
  drawSteering(session);
}

// What came before this page was opened, and what has been done about pins. Each is asked for again when instruction or pin change.
async function remember(session) {
  try {
    const [history, ladder] = await Promise.all([
      get(ofSession(session.id, "/reasoning/history?limit=200")),
      get(ofSession(session.id, "/reasoning/ladder?ticks=50000")),
    ]);
    session.remember(history.entries ?? [], ladder.runs ?? []);
    session.historyFault = "";
  } catch (error) {
    session.historyFault = `Shown since this page was opened: ${error.message}.`;
  }
}

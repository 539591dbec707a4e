// Which robot it is and how it stands.

import { byId, say } from "../dom.js";
import { reasonWords, stateWords } from "../words.js";

export function drawHead(session, model, isLive) {
  const { info } = session;
  const state = session.hasEnded ? "ENDED" : info.state ?? "";
  say(byId("robot"), session.robot);
  say(byId("embodiment"), `${info.embodiment ?? ""} · session ${session.id} · tick ${session.tick}`);
  say(byId("state"), session.hasEnded ? "– session ended" : `${isLive ? "" : "last known: "}${stateWords(info.state)}`);
  byId("state").dataset.state = state;
  const reason = reasonWords(info.reason);
  say(byId("reason"), [reason, model.isStopped(session.robot) && "latched until it is reset"].filter(Boolean).join("; "));
  byId("stop-one").dataset.stop = session.robot;
  say(byId("stop-one"), `Stop ${session.robot}`);
}

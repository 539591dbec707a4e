// Letting robots move again: with a name, a reason and a look at the cell.

import { ofSession, post } from "../api.js";
import { openDialog } from "../dialogs.js";
import { byId, say } from "../dom.js";
import { onSubmit } from "../forms.js";

const dialog = byId("reset-dialog");
const form = byId("reset-form");

/**
 * @param {() => import("../model.js").Session | undefined} selected gives the session that is shown
 * @param {import("../model.js").Model} model
 */
export function connectReset(selected, model) {
  byId("reset-open").addEventListener("click", () => open(selected(), model));
  byId("reset-cancel").addEventListener("click", () => dialog.close());
  onSubmit(form, async ({ who, why }) => {
    if (model.stops.all_stopped) await post("/v1/reset", { arms: { all: true }, who, why });
    else await post(ofSession(selected().id, "/reset"), { who, why });
    dialog.close();
    return "";
  });
}

function open(session, model) {
  if (!session) return;
  const what = model.stops.all_stopped ? "all robots" : session.robot;
  say(byId("reset-text"), model.stops.all_stopped
    ? "All robots are stopped, so all are reset. They go on at once from where they were last seen."
    : `${session.robot} goes on at once from where it was last seen.`);
  say(byId("reset-do"), `Reset ${what}`);
  form.elements.sure.checked = false;
  form.elements.why.value = "";
  say(form.querySelector(".answer"), "");
  openDialog(dialog);
}

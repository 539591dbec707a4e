// The emergency stop. It stands alone: it imports nothing, so that nothing else on this page can break it.
// Whatever has `data-stop` stops the robot of that id, or "all". F9 stops all. What the service has not acknowledged is said loudly and tried again.

const ALL = "all";
const PATIENCE_MS = 3000;
const PAUSE_MS = 500;
const outcome = document.getElementById("stop-outcome");
const underWay = new Set();

document.addEventListener("click", event => {
  const target = event.target instanceof Element ? event.target.closest("[data-stop]") : null;
  if (target) stop(target.dataset.stop);
});

window.addEventListener("keydown", event => {
  if (event.key !== "F9") return;
  event.preventDefault();
  if (!event.repeat) stop(ALL);
}, { capture: true });

async function stop(robot) {
  if (!robot || underWay.has(robot)) return;
  underWay.add(robot);
  const line = new Line(robot);
  try {
    await askUntilAnswered(robot, line);
  } finally {
    underWay.delete(robot);
  }
}

async function askUntilAnswered(robot, line) {
  for (let attempt = 1; !line.isGivenUp; attempt++) {
    const answer = await ask(robot);
    if (answer.isDone) return line.done(words(robot, answer.arms));
    if (answer.isRefused) return refused(robot, line, answer.message);
    line.warn(`NOT CONFIRMED: ${name(robot)} may still move. Use the hardware stop. (${answer.message}; attempt ${attempt}, trying again)`);
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
}

async function ask(robot) {
  try {
    const response = await fetch("/v1/emergency-stop", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify({ arms: robot === ALL ? { all: true } : { robot_id: robot }, who: sessionStorage.getItem("divla.who") ?? "", reason: "operator page" }),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await response.json();
    if (response.ok && Array.isArray(answer.arms)) return { isDone: true, arms: answer.arms };
    const isRefused = response.status === 401 || response.status === 403;
    return { isRefused, message: String(answer.message ?? `HTTP ${response.status}`) };
  } catch (error) {
    return { message: error instanceof Error && error.name === "TimeoutError" ? "the service does not answer" : "the service cannot be reached" };
  }
}

function headers() {
  const token = sessionStorage.getItem("divla.token");
  return { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
}

// An operator of some robots may not stop all of them, but each of those.
function refused(robot, line, message) {
  line.warn(`NOT STOPPED, refused: ${name(robot)}: ${message}. Use the hardware stop.`);
  if (robot !== ALL) return;
  for (const each of document.querySelectorAll("[data-stop]")) if (each.dataset.stop !== ALL) stop(each.dataset.stop);
}

function words(robot, arms) {
  if (arms.length === 0) return "All robots are stopped; none is connected.";
  const each = arms.map(arm => `${arm.robot_id} ${how(arm)}`).join(", ");
  return `${robot === ALL ? "All robots are stopped" : "Stopped"}: ${each}.`;
}

function how(arm) {
  if (!arm.session_id) return "is not connected, and is held when it comes";
  if (!arm.tick) return "has left before it was told";
  return arm.already_stopped ? `was stopped already, at tick ${arm.tick}` : `at tick ${arm.tick}, after ${(arm.acknowledged_us / 1000).toFixed(1)} ms`;
}

function name(robot) {
  return robot === ALL ? "all robots" : robot;
}

/** What became of one stop, on the page until it is dismissed. */
class Line {
  isGivenUp = false;
  #text = document.createElement("span");
  #button = document.createElement("button");
  #box = document.createElement("p");

  constructor(robot) {
    outcome.querySelectorAll("p").forEach(old => { if (old.dataset.robot === robot) old.remove(); });
    this.#box.dataset.robot = robot;
    this.#button.type = "button";
    this.#button.addEventListener("click", () => this.#end());
    this.#box.append(this.#text, this.#button);
    outcome.append(this.#box);
    this.#say("asking", `Stopping ${name(robot)}…`, "Stop asking");
  }

  done(text) {
    this.#say("done", text, "Dismiss");
  }

  warn(text) {
    this.#say("failed", text, "Dismiss");
  }

  #say(kind, text, button) {
    this.#box.className = kind;
    this.#text.textContent = text;
    this.#button.textContent = button;
  }

  #end() {
    this.isGivenUp = true;
    this.#box.remove();
  }
}

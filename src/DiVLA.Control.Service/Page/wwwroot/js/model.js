// What is known of the robots. Time is counted in ticks, which everything that is said of an arm carries: no two clocks are compared.

const POINTS = 180;
const PHRASES = 400;
const RUNS = 2000;

/** One session. */
export class Session {
  info = {};
  phrase = null;
  phrases = [];
  pins = [];
  runs = [];
  joints = null;
  statistics = null;
  lateness = [];
  stages = new Map();
  pictures = new Map();
  tick = 0;
  hasEnded = false;
  /** Why nothing from before this page was opened is shown; empty where it is. */
  historyFault = "";

  constructor(id, robot) {
    this.id = id;
    this.robot = robot;
  }

  get rate() {
    return this.info.contract?.control_rate_hz ?? 82;
  }

  /** How long ago a tick was. Unit: s. */
  secondsSince(tick) {
    return Math.max(0, this.tick - tick) / this.rate;
  }

  take(name, data) {
    switch (name) {
      case "session": return this.#takeInfo(data);
      case "phrase": return this.#takePhrase(data);
      case "state": return this.#takeState(data);
      case "joints": return this.#takeJoints(data);
      case "statistics": return this.#takeStatistics(data);
      case "picture": return this.pictures.set(data.camera, data);
      case "ended": this.hasEnded = true;
    }
  }

  /** Takes over what is on record, and keeps what was heard since. */
  remember(entries, runs) {
    const known = new Map(this.phrases.map(phrase => [phrase.id, phrase]));
    for (const { phrase } of entries.filter(entry => entry.phrase?.ticks > 0)) known.set(phrase.phrase.phrase_id, recorded(phrase, known.get(phrase.phrase.phrase_id)));
    this.phrases = [...known.values()].sort((one, other) => one.first - other.first).slice(-PHRASES);
    this.pins = entries.filter(entry => entry.pin).map(entry => ({ tick: entry.tick, ...entry.pin }));
    const written = runs.map(run => ({ state: run.state, reason: run.reason, first: run.first_tick, last: run.last_tick }));
    const end = written.at(-1)?.last ?? -1;
    this.runs = [...written, ...this.runs.filter(run => run.first > end)].slice(-RUNS);
  }

  #takeInfo(info) {
    this.info = info;
    if (info.phrase?.phrase_id > 0) this.#takePhrase(info.phrase);
    if (info.arm?.tick > this.tick) this.tick = info.arm.tick;
  }

  #takePhrase(phrase) {
    this.phrase = phrase;
    const newest = this.phrases.at(-1);
    if (newest?.id === phrase.phrase_id) {
      newest.freshness = phrase.freshness;
      return;
    }
    const first = phrase.since_tick ?? this.tick;
    if (newest) newest.last = Math.max(newest.first, first - 1);
    this.phrases.push({ id: phrase.phrase_id, text: phrase.text, first, last: first, freshness: phrase.freshness, pin: phrase.pin });
    if (this.phrases.length > PHRASES) this.phrases.shift();
  }

  #takeState(change) {
    const newest = this.runs.at(-1);
    const first = change.tick ?? 0;
    if (newest) newest.last = Math.max(newest.first, first - 1);
    this.runs.push({ state: change.state, reason: change.reason, first, last: first });
    if (this.runs.length > RUNS) this.runs.shift();
    [this.info.state, this.info.reason] = [change.state, change.reason];
  }

  #takeJoints(joints) {
    this.joints = joints;
    this.tick = Math.max(this.tick, joints.tick ?? 0);
    if (this.runs.length > 0) this.runs.at(-1).last = this.tick;
    if (this.phrases.length > 0 && isFollowing(this.info.state)) this.phrases.at(-1).last = this.tick;
  }

  #takeStatistics(statistics) {
    this.statistics = statistics;
    const recent = statistics.recent_lateness;
    if (recent?.count > 0) push(this.lateness, { tick: this.tick, p50: recent.p50_us, p99: recent.p99_us, max: recent.max_us });
    for (const { stage, recent: lately } of statistics.stages ?? []) {
      if (!this.stages.has(stage)) this.stages.set(stage, []);
      if (lately?.count > 0) push(this.stages.get(stage), { tick: this.tick, p50: lately.p50_us });
    }
  }
}

/** All robots, each with its newest session. */
export class Model {
  /** By robot id. */
  sessions = new Map();
  stops = { all_stopped: false, stopped_robot_ids: [] };
  #onSession;

  /** @param {(session: Session) => void} onSession what a session is about has changed */
  constructor(onSession) {
    this.#onSession = onSession;
  }

  get live() {
    return [...this.sessions.values()].filter(session => !session.hasEnded);
  }

  take(name, data) {
    if (name === "stops") {
      this.stops = { all_stopped: data.all_stopped ?? false, stopped_robot_ids: data.stopped_robot_ids ?? [] };
      return;
    }
    if (name === "session") this.#open(data.session_id, data.robot_id);
    const session = this.sessions.get(data.robot_id);
    // What a session says late, when its robot has come again, is of no interest.
    if (session?.id !== data.session_id) return;
    session.take(name, data);
    if (name === "session") this.#onSession(session);
  }

  /** Marks as ended what is not among those that the service lists. */
  keepOnly(listed) {
    const ids = new Set(listed.map(session => session.session_id));
    for (const session of this.sessions.values()) if (!ids.has(session.id)) session.hasEnded = true;
  }

  isStopped(robot) {
    return this.stops.all_stopped || this.stops.stopped_robot_ids.includes(robot);
  }

  // A service that was started anew may give an id again.
  #open(id, robot) {
    const known = this.sessions.get(robot);
    if (known?.id !== id || known.hasEnded) this.sessions.set(robot, new Session(id, robot));
  }
}

function recorded(record, heard) {
  return {
    id: record.phrase.phrase_id,
    text: record.phrase.text,
    first: record.first_tick,
    last: Math.max(record.last_tick, heard?.last ?? 0),
    freshness: record.phrase.freshness,
    pin: record.phrase.pin,
    verifiedShare: record.verified_ticks / record.ticks,
  };
}

function isFollowing(state) {
  return state === "FRESH" || state === "REUSED";
}

function push(points, point) {
  points.push(point);
  if (points.length > POINTS) points.shift();
}

// What enums and numbers are called.

/** A sign for each rung beside its word and its colour. */
export const SIGNS = { FRESH: "●", REUSED: "◐", HOLD: "‖", STOPPED: "■" };

const REASONS = {
  NONE: "",
  INFERENCE_LATE: "inference was late",
  NO_NEW_OBSERVATION: "no new observation",
  NO_TRAJECTORY: "nothing is planned yet",
  OBSERVATION_TOO_OLD: "the newest observation is too old",
  TRAJECTORY_TOO_OLD: "the newest trajectory is too old",
  BEYOND_HORIZON: "the newest trajectory has ended",
  NOT_FINITE: "a stage gave a number that is not finite",
  KINEMATICS_MISMATCH: "the joints do not fit the tool's pose",
  OUT_OF_TRAINED_RANGE: "outside of what the policy was trained on",
  POLICY_FAULT: "the policy has failed",
  EMERGENCY_STOP: "emergency stop",
  OPERATOR_STOP: "stopped by an operator",
  CONTROLLER_STOP: "the robot ends its session",
  LEASE_LAPSED: "the robot was not heard of",
  REPEATED_FAULTS: "too many faults in a row",
  SHUTDOWN: "the service ends the session",
};

const FRESHNESS = {
  VERIFIED: "verified on the newest picture",
  PENDING: "another one is being decoded",
  PINNED: "every word is pinned",
};

export function reasonWords(reason) {
  return REASONS[reason] ?? String(reason ?? "").toLowerCase().replaceAll("_", " ");
}

export function freshnessWords(freshness) {
  return FRESHNESS[freshness] ?? "steers nothing now";
}

export function stateWords(state) {
  return state && state !== "UNSPECIFIED" ? `${SIGNS[state] ?? "?"} ${state}` : "? no command yet";
}

/** What a pin holds. */
export function pinWords(pin) {
  if (!pin) return "nothing";
  if (pin.phrase) return `${pin.verbatim ? "every word of " : ""}“${pin.phrase}”`;
  return [pin.object && `object ${pin.object}`, pin.bin && `bin ${pin.bin}`].filter(Boolean).join(", ");
}

export function ago(seconds) {
  if (seconds < 1) return "now";
  return seconds < 100 ? `${seconds.toFixed(0)} s ago` : `${(seconds / 60).toFixed(0)} min ago`;
}

/** A duration in ms, from us. */
export function ms(us) {
  const value = us / 1000;
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

export function clockTime(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString("en-GB");
}

// Where the joints are between their limits.

import { byId, make, say } from "../dom.js";

// Share of the range at each end that is worth a word.
const NEAR = 0.05;
const body = byId("joints").tBodies[0];

export function drawJoints(session) {
  const { contract } = session.info;
  if (!contract) return;
  if (body.dataset.of !== session.id) {
    body.dataset.of = session.id;
    body.replaceChildren(...contract.joint_names.map(addRow), addRow("gripper"));
  }
  const { joints } = session;
  if (!joints) return;
  contract.joint_names.forEach((_, index) => drawRow(body.rows[index], {
    lower: contract.position_lower_rad[index],
    upper: contract.position_upper_rad[index],
    measured: joints.measured_joints_rad?.[index],
    commanded: joints.commanded_joints_rad?.[index],
    unit: "rad",
  }));
  drawRow(body.rows[contract.joint_names.length], {
    lower: contract.gripper_closed_width_m * 1000,
    upper: contract.gripper_open_width_m * 1000,
    measured: joints.measured_gripper_width_m * 1000,
    commanded: joints.commanded_gripper_width_m * 1000,
    unit: "mm",
  });
}

function addRow(name) {
  const bar = make("div", { className: "bar" }, make("span", { className: "mark measured" }), make("span", { className: "mark commanded" }));
  bar.setAttribute("aria-hidden", "true");
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, bar, make("span", { className: "limits" })), make("td"), make("td"));
}

function drawRow(row, { lower, upper, measured, commanded, unit }) {
  const digits = unit === "rad" ? 2 : 0;
  const [measuredMark, commandedMark] = row.querySelectorAll(".mark");
  move(measuredMark, measured, lower, upper);
  move(commandedMark, commanded, lower, upper);
  const near = unit === "rad" ? nearness(commanded, lower, upper) : "";
  say(row.querySelector(".limits"), `${lower.toFixed(digits)} to ${upper.toFixed(digits)} ${unit}${near}`);
  say(row.cells[2], measured === undefined ? "–" : measured.toFixed(digits));
  say(row.cells[3], commanded === undefined ? "–" : commanded.toFixed(digits));
  row.dataset.near = String(near !== "");
}

function move(mark, value, lower, upper) {
  mark.hidden = value === undefined;
  if (value !== undefined) mark.style.left = `${Math.min(100, Math.max(0, (100 * (value - lower)) / (upper - lower)))}%`;
}

function nearness(value, lower, upper) {
  const share = (value - lower) / (upper - lower);
  return share < NEAR ? ", near the lower limit" : share > 1 - NEAR ? ", near the upper limit" : "";
}

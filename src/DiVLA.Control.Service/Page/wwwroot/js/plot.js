// A line plot: a few series over the seconds before now. Series differ in dash as well as in colour, and are named at their ends.

import { begin } from "./canvas.js";

const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [12, 4]];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 96, 8, 20];

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{name: string, points: {x: number, y: number}[]}[]} series x in seconds, at most 0; y in ms
 * @param {number} span seconds shown
 */
export function plot(canvas, series, span) {
  const sheet = begin(canvas);
  if (!sheet) return;
  const shown = series.map(each => ({ ...each, points: each.points.filter(point => point.x >= -span) }));
  const top = ceiling(Math.max(0.001, ...shown.flatMap(each => each.points.map(point => point.y))));
  const place = {
    x: x => LEFT + (1 + x / span) * (sheet.width - LEFT - RIGHT),
    y: y => sheet.height - BOTTOM - (y / top) * (sheet.height - TOP - BOTTOM),
  };
  drawAxes(sheet, place, top, span);
  shown.forEach((each, index) => drawLine(sheet, place, each, index));
  nameLines(sheet, place, shown);
}

function drawAxes({ context, width, height, colour }, place, top, span) {
  context.strokeStyle = colour("line");
  context.fillStyle = colour("muted");
  context.lineWidth = 1;
  context.setLineDash([]);
  for (const y of [0, top / 2, top]) {
    context.beginPath();
    context.moveTo(LEFT, place.y(y));
    context.lineTo(width - RIGHT, place.y(y));
    context.stroke();
    context.textAlign = "right";
    context.fillText(Number(y.toPrecision(2)).toString(), LEFT - 5, place.y(y));
  }
  context.textAlign = "left";
  context.fillText(`−${span} s`, LEFT, height - 8);
  context.textAlign = "right";
  context.fillText("now", width - RIGHT, height - 8);
}

function drawLine({ context, colour }, place, { points }, index) {
  context.strokeStyle = colour(`series-${index}`);
  context.setLineDash(DASHES[index % DASHES.length]);
  context.lineWidth = 1.75;
  context.beginPath();
  points.forEach((point, at) => context[at === 0 ? "moveTo" : "lineTo"](place.x(point.x), place.y(point.y)));
  context.stroke();
  context.setLineDash([]);
}

// From top to bottom, moved apart where lines end close to each other.
function nameLines({ context, width, height, colour }, place, series) {
  const names = series.map((each, index) => ({ ...each, index, y: place.y(each.points.at(-1)?.y ?? 0) })).sort((one, other) => one.y - other.y);
  const step = 13;
  const lowest = height - BOTTOM;
  names.forEach((each, at) => { each.y = Math.max(each.y, TOP + at * step); });
  names.reverse().forEach((each, at) => { each.y = Math.min(each.y, lowest - at * step); });
  context.textAlign = "left";
  for (const { name, index, y } of names) {
    context.fillStyle = colour(`series-${index}`);
    context.fillText(name, width - RIGHT + 5, y);
  }
}

function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value);
}

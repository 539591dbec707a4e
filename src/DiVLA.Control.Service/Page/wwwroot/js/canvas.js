// What plots and timeline share: a canvas as sharp as the screen, in the page's colours.

/** Fits a canvas to its place and clears it. Returns what draws, with width and height in CSS pixels; null while it is not shown. */
export function begin(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return null;
  const scale = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) [canvas.width, canvas.height] = [pixelWidth, pixelHeight];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { context, width, height, colour: colours(canvas) };
}

/** A colour of the theme by its name. */
export function colours(element) {
  const style = getComputedStyle(element);
  return name => style.getPropertyValue(`--${name}`).trim();
}

/** Text that ends where there is no more room. */
export function clip(context, text, room) {
  if (room < 20) return "";
  if (context.measureText(text).width <= room) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) fits = middle;
    else tooLong = middle;
  }
  return fits > 0 ? `${text.slice(0, fits)}…` : "";
}

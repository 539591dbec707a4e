// Text of robots and operators becomes text nodes here, never markup.

/** The element of that id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element with properties and children; texts become text nodes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") Object.assign(element.dataset, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Sets a text where it is another one: a live region then speaks of news only. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows an element, or hides it. */
export function show(element, isShown) {
  element.hidden = !isShown;
}

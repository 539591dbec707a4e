// Server-sent events by fetch: EventSource cannot send a bearer token.

import { ApiError } from "./api.js";
import { headers } from "./credential.js";

/**
 * Reads events until the stream ends or is aborted.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(name: string, data: object) => void} handle
 * @throws {ApiError} the service refuses
 */
export async function readEvents(path, signal, handle) {
  const response = await fetch(path, { headers: { ...headers(), accept: "text/event-stream" }, cache: "no-store", signal });
  if (!response.ok) throw await ApiError.of(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) dispatch(event, handle);
  }
}

function dispatch(event, handle) {
  const fields = Object.fromEntries(event.split("\n").map(line => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  if (fields.event && fields.data) handle(fields.event, JSON.parse(fields.data));
}

// The JSON API, as /openapi/v1.json describes it.

import { headers } from "./credential.js";

const PATIENCE_MS = 4000;

/** An answer that is no success, or none at all (status 0). */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  static async of(response) {
    const body = await response.json().catch(() => ({}));
    return new ApiError(response.status, body.message ?? `the service answers with HTTP ${response.status}`);
  }
}

export function get(path) {
  return call(path, {});
}

export function post(path, body) {
  return call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Path of something of one session. */
export function ofSession(session, rest = "") {
  return `/v1/sessions/${encodeURIComponent(session)}${rest}`;
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...headers(), ...options.headers }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new ApiError(0, "the service cannot be reached");
  }
  if (!response.ok) throw await ApiError.of(response);
  return response.json();
}

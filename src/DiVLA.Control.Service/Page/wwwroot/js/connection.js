// Keeps the stream of events open, and knows whether what is shown is live. A tab that nobody sees has no stream: a browser opens six
// connections to a service at most, and a stop needs one.

import { ApiError, get } from "./api.js";
import { readEvents } from "./stream.js";

const RETRY_MS = 1000;
const LOOK_MS = 1000;
const SILENCE_MS = 3000;

export class Connection {
  /** "connecting", "live", "lost", "refused" or "paused". */
  state = "connecting";
  /** When something was last heard of the service; 0 for never. Milliseconds of the page's clock. */
  heardAt = 0;
  /** What is wrong, in words. */
  fault = "";
  health = null;
  #model;
  #onChange;
  #stream = new AbortController();
  #wake = () => {};

  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
  }

  start() {
    document.addEventListener("visibilitychange", () => this.again());
    setInterval(() => this.#look(), LOOK_MS);
    this.#run();
  }

  /** Opens another stream, as after another credential. */
  again() {
    if (this.state !== "paused") this.#be("connecting", "");
    this.#stream.abort();
    this.#wake();
  }

  async #run() {
    for (;;) {
      if (document.hidden) this.#be("paused", "nobody looks");
      else await this.#read();
      await new Promise(resolve => {
        this.#wake = resolve;
        // Who was not let in is not let in a second later either.
        if (this.state !== "refused") setTimeout(resolve, RETRY_MS);
      });
    }
  }

  async #read() {
    this.#stream = new AbortController();
    const { signal } = this.#stream;
    try {
      await readEvents("/v1/events", signal, (name, data) => this.#take(name, data));
      this.#be("lost", "the service has ended the connection");
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError) this.#be(isAboutCredentials(error) ? "refused" : "lost", error.message);
      else this.#be("lost", "the service cannot be reached");
    }
  }

  #take(name, data) {
    this.heardAt = Date.now();
    if (this.state !== "live") {
      this.#be("live", "");
      this.#reconcile();
    }
    this.#model.take(name, data);
  }

  // Sessions that ended while nothing was heard say so to nobody.
  async #reconcile() {
    const list = await get("/v1/sessions").catch(() => null);
    if (list) this.#model.keepOnly(list.sessions ?? []);
  }

  // A stream on which nothing comes although arms are at work is dead, whatever the browser thinks of it.
  async #look() {
    if (document.hidden || this.state === "refused") return;
    this.health = await get("/v1/health").catch(() => null);
    if (this.state !== "live") return this.#onChange();
    const isSilent = this.#model.live.length > 0 && Date.now() - this.heardAt > SILENCE_MS;
    if (this.health && !isSilent) {
      if (this.#model.live.length === 0) this.heardAt = Date.now();
      return this.#onChange();
    }
    this.#be("lost", "the service does not answer");
    this.#stream.abort();
  }

  #be(state, fault) {
    [this.state, this.fault] = [state, fault];
    this.#onChange();
  }
}

function isAboutCredentials(error) {
  return error.status === 401 || error.status === 403;
}

/**
 * Messages to the server and back: over a socket, or REST where a proxy lets no socket through. What is not
 * acknowledged is sent again under the same id, so it arrives once. Times are milliseconds.
 */

const ANSWER = 20_000;
const ACKNOWLEDGEMENT = 10_000; // then a silent socket counts as dead
const HANDSHAKE = 8_000;
const FIRST_DELAY = 500; // doubles, and is spread so that not all citizens return at once
const LONGEST_DELAY = 30_000;
const POLL = 3_000;
const POLLS_PER_SOCKET = 15;
const GONE = ["unauthorized", "not_found"]; // error codes
const REFUSED = [4401, 4404, 4429]; // close codes
const IDLE = 4408;

/** What is thrown; without a status, a request that did not get through. */
const refusal = (code, status) => ({ code, status, gone: GONE.includes(code) });

/** One REST request; `root` is the address of the conversations. */
export async function call(root, method, { id, token, path = "", body, key }) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  const request = { method, headers, body: body && JSON.stringify(body), credentials: "omit", signal: AbortSignal.timeout(ANSWER) };
  let response;
  try {
    response = await fetch(root + (id ? `/${id}${path}` : ""), request);
  } catch {
    throw refusal("offline");
  }
  const answer = await response.json().catch(() => ({})); // nothing, or a proxy's own page
  if (!response.ok) throw refusal(answer.error?.code, response.status);
  return answer;
}

export class Connection {
  /** `credentials` {id, token}, or null until the first message; `on` is the Conversation, told what happens. */
  constructor(root, on, credentials) {
    Object.assign(this, { root, on, credentials, attempts: 0, polls: 0 });
    this.outbox = new Map(); // id → {id, text}, {id, choice, title} or {id, wish, title}
    this.connect();
  }

  get needed() {
    return !this.over && (this.credentials || this.outbox.size);
  }

  send(item) {
    this.outbox.set(item.id, item);
    if (this.socket?.readyState === 1) this.push(item);
    else if (this.polling) this.poll();
    else this.wake();
  }

  /** Somebody writes, or the network is back: no reason to wait. */
  wake() {
    if (this.socket || this.polling) return;
    this.attempts = 0;
    this.connect();
  }

  /** The network is gone; the browser would notice minutes later. */
  lose() {
    this.drop();
    this.later();
  }

  stop() {
    this.over = true;
    clearTimeout(this.timer);
    this.drop();
  }

  drop() {
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  async connect() {
    clearTimeout(this.timer);
    if (this.busy || this.socket || !this.needed) return;
    const ready = await this.attempt(async () => {
      this.credentials ??= await this.on.create();
      this.loaded ??= this.credentials.fresh;
      if (this.loaded) return;
      const messages = await this.fetch();
      this.loaded = true;
      if (!this.over) this.on.history(messages);
    });
    if (ready && !this.over) this.open();
  }

  async attempt(steps) {
    this.busy = true;
    try {
      await steps();
      return true;
    } catch (problem) {
      this.refuse(problem);
    } finally {
      this.busy = false;
    }
  }

  open() {
    const socket = (this.socket = new WebSocket(`${this.root.replace("http", "ws")}/${this.credentials.id}/socket`));
    const handshake = setTimeout(() => socket.close(), HANDSHAKE);
    let opened;
    socket.onopen = () => {
      opened = true;
      this.polling = false;
      clearTimeout(handshake);
      socket.send(JSON.stringify({ type: "hello", token: this.credentials.token, after: this.after ?? null }));
      this.outbox.forEach((item) => this.push(item));
      this.on.online(true);
    };
    socket.onmessage = ({ data }) => this.socket === socket && this.receive(JSON.parse(data));
    socket.onclose = ({ code }) => {
      clearTimeout(handshake);
      if (this.socket !== socket) return;
      this.socket = null;
      if (!opened || REFUSED.includes(code)) this.poll(); // REST knows whether the conversation is still there
      else if (code !== IDLE || this.outbox.size) this.later(); // an idle page comes back when somebody does
    };
  }

  push({ id, text, choice, wish }) {
    const { socket } = this;
    socket.send(JSON.stringify({ type: "message", id, text, choice, wish }));
    setTimeout(() => this.outbox.has(id) && this.socket === socket && this.lose(), ACKNOWLEDGEMENT);
  }

  receive({ type, id, message, state, role, error, message_id, feedback, ...place }) {
    if (message) this.after = message.id;
    if (type !== "error") this.attempts = 0;
    else if (!GONE.includes(error.code)) this.complain(refusal(error.code), id); // otherwise it closes now
    if (type === "message") this.on.message(message);
    if (type === "ack") this.acknowledge(id, message);
    if (type === "typing") this.on.typing(role);
    if (type === "state") this.on.state(state, place);
    if (type === "feedback") this.on.feedback(message_id, feedback);
  }

  acknowledge(id, message) {
    this.outbox.delete(id);
    this.credentials.fresh = false;
    this.on.acknowledged(id, message);
  }

  complain(problem, id) {
    const item = this.outbox.get(id);
    this.outbox.delete(id);
    if (item) this.on.failed(item, problem.code);
    else this.on.complain(problem.code);
  }

  /** The way without a socket: fetch what is new, send what waits. */
  async poll() {
    clearTimeout(this.timer);
    if (this.busy || this.over) return;
    this.polling = await this.attempt(async () => {
      await this.news();
      this.on.online(true);
      for (const item of this.outbox.values()) await this.post(item);
    });
    if (!this.polling || this.over) return;
    this.attempts = 0;
    this.timer = setTimeout(() => (++this.polls % POLLS_PER_SOCKET ? this.poll() : this.connect()), this.outbox.size ? 0 : POLL);
  }

  async post({ id, text, choice, wish }) {
    this.on.typing("bot");
    try {
      await call(this.root, "POST", { ...this.credentials, path: "/messages", body: { text, choice, wish }, key: id });
    } catch (problem) {
      if (!problem.status || problem.gone) throw problem;
      return this.complain(problem, id);
    }
    await this.news();
    this.acknowledge(id);
  }

  async news() {
    for (const message of await this.fetch()) this.on.message(message);
    const { state, ...place } = await call(this.root, "GET", { ...this.credentials, path: "/handoff" });
    this.on.state(state, place);
  }

  async fetch() {
    const path = `/messages${this.after ? `?after=${this.after}` : ""}`;
    const { messages } = await call(this.root, "GET", { ...this.credentials, path });
    this.after = messages.at(-1)?.id ?? this.after;
    return messages;
  }

  /** No network, no server, too much → later. A conversation that cannot begin → whoever waits is told. */
  refuse(problem) {
    if (this.over) return;
    if (this.credentials && problem.gone) {
      this.stop();
      this.on.gone(this.credentials.fresh);
    } else if (!problem.status || this.credentials) this.later();
    else for (const id of this.outbox.keys()) this.complain(problem, id);
  }

  later() {
    if (!this.needed) return;
    this.on.online(false);
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempts++) * (0.5 + Math.random());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), delay);
  }
}

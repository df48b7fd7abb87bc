/** One conversation: what the browser remembers, the connection carries and the messages show. */

import { Connection, call } from "./connection.js";

const HEARD = 300; // ms until the other tabs surely read what one wrote

/** Shared by all tabs; never a word of the conversation. */
export class Store {
  /** One entry per endpoint: no server is shown the token of another. */
  constructor(endpoint) {
    this.key = `stadtlotse ${endpoint}`;
  }

  read() {
    try {
      return this.memory ?? JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  write(changes) {
    const entry = { ...this.read(), ...changes };
    try {
      localStorage.setItem(this.key, JSON.stringify(entry));
    } catch {
      this.memory = entry; // the browser forbids storage
    }
  }

  /** {id, token} or null */
  get credentials() {
    const { id, token } = this.read();
    return id ? { id, token } : null;
  }

  /** Two tabs must not begin two conversations, also where they are two processes that hear of each other late. */
  alone(task) {
    const { locks } = navigator;
    if (!locks) return task();
    return new Promise((resolve, reject) => {
      const heard = () => new Promise((done) => setTimeout(done, HEARD));
      locks.request(this.key, () => task().then(resolve, reject).then(heard)).catch(reject);
    });
  }
}

export class Conversation {
  constructor(root, { store, messages, view }) {
    Object.assign(this, { root, store, messages, view });
    for (const name of ["typing", "online", "state", "complain"]) this[name] = (...what) => view[name](...what);
    this.resume();
  }

  /** Goes on with the stored conversation; `waiting` is sent into it. */
  resume(waiting = []) {
    this.connection?.stop();
    this.typing(false);
    this.connection = new Connection(this.root, this, this.store.credentials);
    waiting.forEach((item) => this.connection.send(item));
    this.view.changed();
  }

  get waiting() {
    return [...this.connection.outbox.values()];
  }

  /** `message` is {text}, {choice, title} or {wish, title}. */
  send(message) {
    const item = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, ...message };
    this.messages.addWaiting(item);
    this.connection.send(item);
  }

  /** `path` begins behind the address of the conversation. */
  call(method, path, body) {
    return call(this.root, method, { ...this.store.credentials, path, body });
  }

  /** Answers in this language. If that fails they follow what the citizen writes, so nothing is said. */
  wishFor(language) {
    if (this.store.credentials) this.call("PUT", "/language", { language }).catch(() => {});
  }

  /** Another tab has begun or deleted a conversation. */
  follow() {
    const { credentials } = this.connection;
    if (this.store.credentials?.id === credentials?.id) return;
    if (credentials) this.messages.clear();
    this.resume(this.waiting);
  }

  /** Deletes it on the server, then here. */
  async erase() {
    const { store, connection, waiting } = this;
    connection.stop();
    try {
      if (store.credentials) await this.call("DELETE");
    } catch (problem) {
      if (!problem.gone) {
        this.resume(waiting);
        throw problem;
      }
    }
    store.write({ id: null, token: null, accepted: false });
    this.messages.clear({ waiting: true });
    this.resume();
  }

  /** The feedback as kept; null takes it back. */
  rate(id, feedback) {
    return this.call(feedback ? "PUT" : "DELETE", `/messages/${id}/feedback`, feedback);
  }

  /** Out of the queue, or away from the caseworker. */
  leave() {
    return this.call("DELETE", "/handoff");
  }

  // What the connection reports

  create() {
    return this.store.alone(async () => {
      if (this.store.credentials) return this.store.credentials; // begun in another tab meanwhile
      const { id, token } = await call(this.root, "POST", { body: { language: this.view.language } });
      this.store.write({ id, token });
      return { id, token, fresh: true };
    });
  }

  history(messages) {
    this.messages.showHistory(messages);
    this.view.changed();
  }

  message(message) {
    const own = message.role === "citizen";
    if (!own) this.typing(false);
    if (this.messages.add(message) && !own) this.view.arrived();
    this.view.changed();
  }

  feedback(id, feedback) {
    this.messages.feedback.get(id)?.show(feedback);
  }

  acknowledged(id, message) {
    this.messages.acknowledge(id, message);
    this.view.changed();
  }

  failed(item, code) {
    this.typing(false);
    this.messages.fail(item.id, this.view.failed(code), () => this.connection.send(item));
  }

  /** The server does not have it any more: what waits begins a new one, but not in a circle. */
  gone(fresh) {
    const { waiting } = this;
    // As the tab that deleted it writes, so that it does not matter who writes last.
    const accepted = waiting.length > 0;
    if (this.store.credentials?.id === this.connection.credentials.id) this.store.write({ id: null, token: null, accepted });
    this.messages.clear();
    if (!waiting.length) this.view.say(this.view.strings.ended);
    this.resume(fresh ? [] : waiting);
    if (fresh) waiting.forEach((item) => this.failed(item));
  }
}

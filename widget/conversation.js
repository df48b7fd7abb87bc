/** One conversation: what the store remembers, the connection carries and the messages show. */

import { Connection } from "./connection.js";

export class Conversation {
  /** `view`: typing(boolean), online(boolean), state(state), complain(code), failed(code) → reason, arrived(), ended(), changed(), language. */
  constructor({ api, store, messages, view }) {
    Object.assign(this, { api, store, messages, view });
    for (const name of ["typing", "online", "state", "complain"]) this[name] = (what) => view[name](what);
    this.resume();
  }

  /** Goes on with the conversation in the store, with messages that are to be sent into it. */
  resume(waiting = []) {
    this.connection?.stop();
    this.typing(false);
    this.connection = new Connection(this.api, this, this.store.credentials);
    waiting.forEach((item) => this.connection.send(item));
    this.view.changed();
  }

  get waiting() {
    return [...this.connection.outbox.values()];
  }

  /** `message` is {text} or {choice, title}; a second press of the same button is none. */
  send(message) {
    if (message.choice && this.waiting.some(({ choice }) => choice === message.choice)) return;
    const item = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, ...message };
    this.messages.addWaiting(item);
    this.connection.send(item);
  }

  /** Follows another tab, which has begun or deleted a conversation. */
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
      if (store.credentials) await this.api.call("DELETE", store.credentials);
    } catch (problem) {
      if (!problem.gone) {
        this.resume(waiting);
        throw problem;
      }
    }
    store.write({ id: null, token: null, accepted: null });
    this.messages.clear({ waiting: true });
    this.resume();
  }

  // What the connection reports

  create() {
    return this.store.alone(async () => {
      if (this.store.credentials) return this.store.credentials; // begun in another tab meanwhile
      const { id, token } = await this.api.call("POST", { body: { language: this.view.language } });
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
    if (this.store.credentials?.id === this.connection.credentials.id) this.store.write({ id: null, token: null });
    this.messages.clear();
    if (!waiting.length) this.view.ended();
    this.resume(fresh ? [] : waiting);
    if (fresh) waiting.forEach((item) => this.failed(item));
  }
}

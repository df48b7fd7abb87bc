/** What the browser remembers for all tabs: never a word of the conversation. */

export class Store {
  /** One entry per endpoint, so that no server is shown the token of another. */
  constructor(endpoint) {
    this.key = `stadtlotse ${endpoint}`;
    this.memory = null; // instead, where the browser forbids storage
  }

  read() {
    try {
      return this.memory ?? JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  write(changes) {
    const { id, token, language, open, accepted } = { ...this.read(), ...changes };
    const entry = { id, token, language, open, accepted };
    try {
      localStorage.setItem(this.key, JSON.stringify(entry));
    } catch {
      this.memory = entry;
    }
  }

  /** {id, token} or null */
  get credentials() {
    const { id, token } = this.read();
    return id && token ? { id, token } : null;
  }

  /** Two tabs must not begin two conversations. */
  alone(task) {
    return navigator.locks ? navigator.locks.request(this.key, task) : task();
  }
}

/** Who answers: the line that says so, the button for a human, the button to leave. */

import { button } from "./dom.js";

export class Handoff {
  constructor(chat) {
    this.chat = chat;
    this.side = "bot"; // "waiting", "human"
    this.wish = button({ class: "human", string: "human", onclick: ({ detail }) => detail < 2 && this.ask() });
    this.exit = button({ class: "exit", onclick: () => this.leave() });
  }

  /** What stands in the status line. */
  get words() {
    return this.chat.strings.states[this.side]?.(this.place ?? {}) ?? "";
  }

  /** `place` is {position, minutes}, without minutes where nobody knows. */
  show(side, place) {
    const before = this.words;
    Object.assign(this, { side, place });
    this.localise();
    if (side === "human") import("./human/typing.js").then(({ follow }) => follow(this.chat), () => {});
    if (this.words !== before) this.chat.say();
  }

  localise() {
    const { side, chat, exit, wish } = this;
    if (side === "bot" && exit.matches(":focus")) chat.composer.input.focus(); // before the focused button goes
    exit.hidden = side === "bot";
    wish.hidden = !exit.hidden;
    exit.textContent = chat.strings.leave[side] ?? "";
  }

  ask() {
    const { chat } = this;
    chat.conversation.send({ wish: "human", title: chat.strings.human });
    chat.composer.input.focus();
  }

  leave() {
    const { chat } = this;
    chat.conversation.leave().then(
      () => chat.composer.input.focus(),
      ({ code }) => chat.complain(code),
    );
  }
}

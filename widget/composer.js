/** Where a question is written, and who answers it: the assistant or a human. */

import { button } from "./dom.js";

const LIMIT = 1_000; // characters
const SHOWN = 800; // from here the counter is seen
const SAID = 900; // from here it is announced

/** The field: sending, length, what is wrong. */
export class Composer {
  constructor(chat) {
    this.chat = chat;
  }

  get input() {
    return this.chat.part("#question");
  }

  submit(event) {
    event.preventDefault();
    const { strings, conversation } = this.chat;
    const text = this.input.value.trim();
    const excess = count(text) - LIMIT;
    if (!text || excess > 0) this.complain(text ? strings.errors.too_long : strings.empty);
    else {
      this.input.value = "";
      this.count();
      conversation.send({ text });
    }
    this.input.focus();
  }

  /** Enter sends, Shift+Enter begins a line, Enter that composes a character does neither. */
  type(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  count() {
    this.complain("");
    const { chat } = this;
    const length = count(this.input.value.trim());
    const left = LIMIT - length;
    const counter = chat.part(".counter");
    counter.classList.toggle("excess", left < 0);
    counter.textContent = length < SHOWN ? "" : left < 0 ? chat.strings.excess(-left) : chat.strings.left(left);
    const said = length < SAID ? 0 : left < 0 ? 2 : 1;
    if (said !== this.said) chat.announce(said ? counter.textContent : "");
    this.said = said;
  }

  complain(words) {
    this.chat.part(".problem").textContent = words;
    this.input.ariaInvalid = words ? "true" : null;
  }
}

/** The line that says who answers, the button for a human, the button to leave. */
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

/** In characters, not in UTF-16 units: "😀" → 1 */
function count(text) {
  return [...text].length;
}

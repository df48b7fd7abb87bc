/** Where a question is written: sending it, its length, what is wrong with it. */

const LIMIT = 1_000; // characters
const SHOWN = 800; // from here the counter is seen
const SAID = 900; // from here it is announced

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

/** In characters, not in UTF-16 units: "😀" → 1 */
function count(text) {
  return [...text].length;
}

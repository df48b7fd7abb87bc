/** Below an answer: did it help? Then there is room for a word on it. */

import { button, element } from "./dom.js";

const LIMIT = 500; // characters of a comment, as on the server

export class Feedback {
  constructor({ id, feedback }, chat) {
    const vote = (string, helpful) => button({ string, onclick: ({ detail }) => detail < 2 && this.vote(helpful) });
    Object.assign(this, { id, chat, votes: [vote("helpful", true), vote("unhelpful", false)], said: element("p") });
    this.input = element("textarea", { id: `comment${id}`, rows: 1, maxlength: LIMIT, onkeydown: (event) => chat.composer.type(event) });
    this.form = element(
      "form",
      { onsubmit: (event) => this.submit(event) },
      element("label", { for: this.input.id, string: "comment" }),
      this.input,
      element("p", { class: "actions" }, button({ string: "send", type: "submit" }), button({ string: "skip", onclick: () => this.close() })),
    );
    this.node = element("div", { class: "feedback", role: "group", label: "rating", "aria-live": "off" }, this.votes, this.form, this.said);
    this.close();
    this.show(feedback);
  }

  /** {helpful, comment?}, or null */
  show(feedback) {
    this.feedback = feedback;
    this.votes.forEach((vote, index) => (vote.ariaPressed = feedback?.helpful === !index));
    this.said.replaceChildren(feedback?.comment ? element("q", {}, feedback.comment) : "");
    if (!feedback) this.close();
  }

  close() {
    if (this.form.matches(":focus-within")) this.votes[this.feedback?.helpful ? 0 : 1].focus();
    this.form.hidden = true;
  }

  /** Pressed again, it is taken back. */
  async vote(helpful) {
    const given = this.feedback?.helpful === helpful ? null : { ...this.feedback, helpful };
    if (!(await this.save(given)) || !given) return;
    this.input.value = given.comment ?? "";
    this.form.hidden = false;
    this.form.scrollIntoView({ block: "nearest" });
    this.chat.announce(this.chat.strings.comment);
  }

  async submit(event) {
    event.preventDefault();
    if (!(await this.save({ ...this.feedback, comment: this.input.value.trim() || undefined }))) return;
    this.close();
    this.chat.announce(this.chat.strings.thanks);
  }

  /** True if the server has it; it takes personal data out of the comment. */
  async save(feedback) {
    const { chat, id, feedback: before } = this;
    this.show(feedback);
    try {
      const kept = await chat.conversation.rate(id, feedback);
      this.show(feedback && kept);
      return true;
    } catch ({ code }) {
      this.show(before);
      chat.announce((this.said.textContent = chat.explain(code)));
    }
  }
}

/** The messages on the screen in the server's order; own ones on their way are always last. */

import { cardLines, foreignNames, prose, renderCard, renderChoices, textBesideCard } from "./cards.js";
import { button, element, localise } from "./dom.js";
import { Feedback } from "./feedback.js";

const SLOW = 1_500; // ms after which a message on its way says so

export class Messages {
  constructor(root, chat) {
    Object.assign(this, { root, chat });
    this.known = new Map(); // id → message
    this.waiting = new Map(); // client id → element
    this.feedback = new Map(); // id → Feedback
    let height = 0;
    // A keyboard or the line about the queue takes room from the log: an end that was seen stays to be seen.
    new ResizeObserver(() => {
      if (root.scrollHeight - root.scrollTop - height < 9) this.toEnd();
      height = root.clientHeight;
    }).observe(root);
  }

  /** What was said earlier is shown, not read out. */
  showHistory(messages) {
    this.root.ariaLive = "off";
    messages.forEach((message) => this.add(message));
    this.toEnd();
    setTimeout(() => (this.root.ariaLive = "polite"), 1_000);
  }

  /** True if the message is new. */
  add(message) {
    if (this.known.has(message.id)) return false;
    const node = this.render(message);
    this.place(message, node);
    node.scrollIntoView(); // a long answer is read from its beginning
    return true;
  }

  place(message, node) {
    this.known.set(message.id, message);
    const next = this.waiting.values().next().value ?? null;
    if (!node.isConnected || node.nextSibling !== next) this.root.insertBefore(node, next);
  }

  addWaiting({ id, text, title }) {
    const node = this.render({ role: "citizen", text: text ?? title, at: Date.now() });
    node.classList.add("waiting");
    this.waiting.set(id, node);
    this.root.append(node);
    this.toEnd();
    setTimeout(() => node.matches(".waiting:not(.failed)") && this.note(node, this.chat.stringsOf().sending), SLOW);
  }

  /** The element stays: what is put in anew is read out anew, so only a text that the server has masked. */
  acknowledge(id, message) {
    const node = this.waiting.get(id);
    this.waiting.delete(id);
    if (!node || !message || this.known.has(message.id)) {
      node?.remove();
      return message && this.add(message);
    }
    const [shown, kept] = [node, this.render(message)].map((each) => each.querySelector(".bubble"));
    if (shown.textContent !== kept.textContent) shown.replaceChildren(...kept.childNodes);
    shown.lang = message.language;
    node.className = "message citizen";
    this.note(node);
    this.place(message, node);
  }

  fail(id, reason, retry) {
    const node = this.waiting.get(id);
    const { notSent, retry: again, discard } = this.chat.stringsOf();
    const then = (step) => () => {
      node.classList.remove("failed");
      this.note(node);
      step();
      this.chat.composer.input.focus();
    };
    node.classList.add("failed");
    const buttons = [button({ onclick: then(retry) }, again), button({ onclick: then(() => this.acknowledge(id)) }, discard)];
    this.note(node, `${notSent} ${reason}`, buttons);
    this.toEnd();
  }

  /** The line below an own message. Not live: the panel says once what went wrong. */
  note(node, text, ...actions) {
    node.querySelector(".note")?.remove();
    if (text) node.append(element("div", { class: "note", "aria-live": "off" }, element("p", {}, text), actions));
  }

  /** What waits is kept for the next conversation. */
  clear({ waiting = false } = {}) {
    this.known.clear();
    this.feedback.clear();
    if (waiting) this.waiting.clear();
    const kept = [...this.waiting.values()];
    for (const node of this.root.querySelectorAll(".message:not(.greeting)")) kept.includes(node) || node.remove();
  }

  toEnd() {
    this.root.lastElementChild.scrollIntoView(false);
  }

  /** The speaker is named in the panel's language, the rest is in the message's own. */
  render(message) {
    const { id, role, language, text, at, card, choices, outcome } = message;
    if (message.feedback !== undefined) this.feedback.set(id, new Feedback(message, this.chat));
    const strings = this.chat.stringsOf(language);
    const words = role === "citizen" ? prose(text, { links: false }) : prose(textBesideCard(text, card, strings), { emergency: outcome === "crisis", names: foreignNames(card) });
    const node = element(
      "div",
      { class: `message ${role}` },
      element("p", { class: "speaker" }, element("span", { string: role }), " ", new Date(at).toLocaleTimeString(strings.locale, { timeStyle: "short" })),
      element("div", { class: "bubble", lang: language }, words, renderCard(card, strings, text), renderChoices(choices, strings, this.chat.choose, card), this.form(message)),
      this.feedback.get(id)?.node,
    );
    localise(node, this.chat.stringsOf());
    return node;
  }

  /** A form for a request, until one is taken. */
  form({ card, language }) {
    if (card?.kind === "request_taken") for (const old of this.root.querySelectorAll(".asked:not(:has([data-busy], .taken))")) old.remove();
    return card?.kind === "request" && this.chat.form("request", language);
  }

  transcript() {
    const strings = this.chat.stringsOf();
    const parts = [...this.known.values()].map(({ role, text, at, card }) => {
      const time = new Date(at).toLocaleString(strings.locale, { dateStyle: "medium", timeStyle: "short" });
      return [`${strings[role]} (${time}):`, text, ...cardLines(card)].filter(Boolean).join("\n");
    });
    return [strings.log, ...parts, ""].join("\n\n");
  }
}

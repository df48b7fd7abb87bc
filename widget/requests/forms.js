/** The form for a request when nobody is there, and the one to read its answer. Loaded when first needed. */

import { prose } from "../cards.js";
import { call } from "../connection.js";
import { element } from "../dom.js";
import de from "./de.js";
import en from "./en.js";
import { stylesheet } from "./styles.js";

const STRINGS = { de, en };
const LONGEST = { what: 1_000, reach: 200, email: 254, reference: 40, code: 80 };
let forms = 0; // makes ids

/** The form in the message that offers it, in the language of that message. */
export function request(chat, language) {
  return new RequestForm(chat, language).node;
}

/** The form in the panel, also without a conversation: the answer can be read on another device. */
export function lookup(chat, language) {
  return new LookupForm(chat, language).node;
}

/** A form whose fields are named and described; what is wrong stands below and is announced. */
class Form {
  constructor(chat, language, fields) {
    chat.dress(stylesheet);
    Object.assign(this, { chat, strings: STRINGS[language] ?? STRINGS.de, number: ++forms, fields: {} });
    this.refusal = element("p", { class: "refusal", id: `refusal${this.number}`, role: "alert" });
    this.node = element("form", { class: "written", novalidate: true, onsubmit: (event) => this.submit(event) }, fields.map((field) => this.field(field)), this.refusal);
  }

  field({ name, type, required }) {
    const id = `${name}${this.number}`;
    const attributes = { id, maxlength: LONGEST[name], "aria-required": required && "true", "aria-describedby": this.refusal.id };
    const input = type === "textarea" ? element(type, { ...attributes, rows: 3 }) : element("input", { ...attributes, type });
    const label = element("label", { for: id }, this.strings[name]);
    this.fields[name] = input;
    return element("p", { class: type === "checkbox" && "check" }, type === "checkbox" ? [input, label] : [label, input]);
  }

  button(name, attributes) {
    return element("button", { type: "button", ...attributes }, this.strings[name]);
  }

  value(name) {
    return this.fields[name].value.trim();
  }

  moment(date) {
    return new Date(date).toLocaleString(this.strings.locale, { dateStyle: "full", timeStyle: "short" });
  }

  /** Says what is wrong with a field and goes there. */
  refuse(words, name) {
    this.refusal.textContent = words;
    for (const [each, input] of Object.entries(this.fields)) input.ariaInvalid = each === name ? "true" : null;
    this.fields[name]?.focus();
  }

  async submit(event) {
    event.preventDefault();
    if (this.node.dataset.busy) return;
    const wrong = this.check();
    if (wrong) return this.refuse(this.strings.wrong[wrong], wrong);
    this.refuse("");
    this.node.dataset.busy = true;
    try {
      this.done(await this.send());
    } catch ({ code }) {
      this.refuse(this.strings.wrong[code] ?? this.chat.explain(code));
    }
    delete this.node.dataset.busy;
  }
}

/** What was sent is the same request however often it is sent. */
class RequestForm extends Form {
  constructor(chat, language) {
    super(chat, language, [
      { name: "what", type: "textarea", required: true },
      { name: "reach", type: "text" },
      { name: "email", type: "email" },
      { name: "history", type: "checkbox" },
      { name: "consent", type: "checkbox", required: true },
    ]);
    this.key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.node.append(element("p", { class: "actions" }, this.button("sendRequest", { type: "submit", class: "button" })));
  }

  check() {
    const { email, consent } = this.fields;
    if (!this.value("what")) return "what";
    if (this.value("email") && !email.checkValidity()) return "email";
    return consent.checked ? null : "consent";
  }

  send() {
    const { consent, history } = this.fields;
    const texts = { what: this.value("what"), reach: this.value("reach"), email: this.value("email") };
    const { root, store } = this.chat.conversation;
    const body = { ...texts, consent: consent.checked, history: history.checked };
    return call(root, "POST", { ...store.credentials, path: "/requests", body, key: this.key });
  }

  /** The code is shown here and nowhere again. */
  done({ reference, code }) {
    const { strings } = this;
    const line = (name, value) => element("p", {}, `${strings[name]}: `, element("strong", {}, value));
    const node = element("div", { class: "taken", tabindex: -1, role: "group", "aria-label": strings.taken }, element("p", {}, strings.note), line("reference", reference), line("code", code));
    this.node.replaceWith(node);
    node.focus();
  }
}

class LookupForm extends Form {
  constructor(chat, language) {
    super(chat, language, [
      { name: "reference", type: "text", required: true },
      { name: "code", type: "text", required: true },
    ]);
    this.result = element("div", { class: "result", role: "status" });
    const back = this.button("back", { onclick: () => chat.ask() });
    this.node.append(element("p", { class: "actions" }, this.button("read", { type: "submit", class: "button" }), back), this.result);
    for (const input of Object.values(this.fields)) Object.assign(input, { autocomplete: "off", spellcheck: false });
  }

  check() {
    return ["reference", "code"].find((name) => !this.value(name));
  }

  send() {
    this.result.replaceChildren();
    const address = this.chat.conversation.root.replace(/conversations$/, "requests/lookup");
    return call(address, "POST", { body: { reference: this.value("reference"), code: this.value("code") } });
  }

  done({ state, what, answer, due_at: due, answered_at: at, language }) {
    const told = state === "answered" ? this.strings.answered(this.moment(at)) : this.strings.due(this.moment(due));
    const question = element("blockquote", { lang: language }, prose(what, { links: false }));
    this.result.replaceChildren(element("p", {}, told), question, element("div", { lang: language }, prose(answer)));
  }
}

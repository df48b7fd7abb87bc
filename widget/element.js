/** The custom element <stadtlotse-chat>: opens and closes, keeps the focus, speaks two languages. */

import { prose } from "./cards.js";
import { Composer, Handoff } from "./composer.js";
import { Conversation, Store } from "./conversation.js";
import { element, localise } from "./dom.js";
import { Messages } from "./messages.js";
import { buildPanel } from "./panel.js";
import de from "./strings/de.js";
import en from "./strings/en.js";
import { stylesheet } from "./styles.js";

const STRINGS = { de, en };
const SMALL = "(max-width: 30em), (max-height: 30em)"; // the panel then covers the page and is modal
const OUTAGE = 1_500; // ms without connection that are worth a word
const BUSY = 400; // ms without answer until "is writing"
const SILENT = 15_000; // ms until that is no longer believed
const PASSING = 5_000; // ms a notice stays
const HOME = new URL("..", import.meta.url).href;

export class StadtlotseChat extends HTMLElement {
  static observedAttributes = ["language"];

  connectedCallback() {
    const endpoint = new URL(this.getAttribute("endpoint") ?? HOME, document.baseURI).href.replace(/\/$/, "");
    this.leaving = new AbortController();
    this.small = matchMedia(SMALL);
    this.composer = new Composer(this);
    Object.assign(this, { unread: 0, connected: true, disconnected: false, handoff: new Handoff(this) });
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [stylesheet];
    root.replaceChildren(buildPanel(this));
    this.dialog = this.part("dialog");
    this.launcher = this.part(".launcher");
    this.messages = new Messages(this.part(".log"), this);
    this.store = new Store(endpoint);
    const { language, open } = this.store.read();
    this.setLanguage(language ?? this.getAttribute("language") ?? document.documentElement.lang.slice(0, 2));
    this.conversation = new Conversation(`${endpoint}/api/v1/conversations`, { store: this.store, messages: this.messages, view: this });
    this.listen(this.leaving.signal);
    if ((open ?? this.hasAttribute("open")) && !this.small.matches) this.show({ focus: false });
  }

  disconnectedCallback() {
    this.leaving.abort();
    this.conversation.connection.stop();
  }

  attributeChangedCallback(name, before, language) {
    if (this.conversation) this.setLanguage(language);
  }

  part(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  listen(signal) {
    const on = (target, names, listener) => names.split(" ").forEach((name) => target?.addEventListener(name, listener, { signal }));
    const wake = () => document.hidden || this.conversation.connection.wake();
    on(window, "online pageshow", wake);
    on(document, "visibilitychange", wake);
    on(window, "offline", () => this.conversation.connection.lose());
    on(window, "storage", ({ key }) => key === this.store.key && this.follow());
    on(this.small, "change", () => this.refit());
    on(window.visualViewport, "resize", () => this.style.setProperty("--seen", `${visualViewport.height}px`));
    on(document, "click", (event) => {
      if (!event.target.closest('[data-stadtlotse="open"]')) return;
      event.preventDefault();
      this.show();
    });
  }

  /** Without `focus` the page keeps it, as after a reload. */
  show({ focus = true } = {}) {
    if (!this.dialog.open) {
      this.opener = document.activeElement;
      this.fit(focus);
      this.launcher.hidden = true;
      this.store.write({ open: true });
      this.setUnread(0);
      this.messages.toEnd();
      this.conversation.connection.wake();
    }
    if (focus) this.focusStart();
  }

  hide() {
    this.launcher.hidden = false;
    this.dialog.close();
    const found = this.opener?.isConnected && this.opener !== this && this.opener !== document.body;
    (found ? this.opener : this.launcher).focus();
    this.store.write({ open: false });
  }

  /** The system closes it too: a back gesture. */
  closed() {
    if (this.launcher.hidden && !this.dialog.open) this.hide();
  }

  fit(focus) {
    if (this.small.matches) this.dialog.showModal();
    else if (focus) this.dialog.show();
    else this.dialog.open = true; // show() would take the focus
  }

  refit() {
    if (!this.dialog.open) return;
    const focused = this.shadowRoot.activeElement;
    this.dialog.close();
    this.fit();
    focused?.focus();
  }

  focusStart() {
    const places = [".keep", "#notice", this.small.matches ? "#title" : "#question"]; // an input brings up the keyboard
    places.map((place) => this.part(place)).find((node) => node.offsetParent).focus();
  }

  escape(event) {
    event.preventDefault();
    if (this.asks || this.part(".options").open) this.ask();
    else this.hide();
  }

  stringsOf = (language) => STRINGS[language] ?? this.strings;

  switchLanguage() {
    const language = this.language === "de" ? "en" : "de";
    this.store.write({ language });
    this.setLanguage(language);
    this.conversation.wishFor(language);
  }

  /** Messages stay as they were written. */
  setLanguage(language) {
    this.language = language in STRINGS ? language : "de";
    const strings = (this.strings = STRINGS[this.language]);
    const privacy = this.getAttribute("privacy-url");
    if (this.asks === "looking") this.ask(this.asks);
    localise(this.shadowRoot, strings);
    this.part("section").lang = this.language;
    this.part(".language").lang = this.language === "de" ? "en" : "de";
    this.part(".greeting .bubble").replaceChildren(...prose(strings.greeting(this.getAttribute("town"))));
    this.part(".terms").replaceChildren(...strings.notice(this.getAttribute("retention-days")).map((term) => element("li", {}, term)));
    this.part(".privacy").hidden = !privacy;
    this.part(".privacy").href = privacy ?? "";
    this.setUnread(this.unread);
    this.handoff.localise();
    this.say();
    this.composer.count();
    this.changed();
  }

  setUnread(count) {
    this.unread = count;
    const words = count ? this.strings.unread(count) : this.strings.launcher;
    this.part(".launcher span").textContent = words;
    this.part(".news").textContent = count ? words : "";
  }

  announce(words) {
    this.part(".announcer").textContent = words;
  }

  /** A passing notice, or else how things stand. */
  say(passing) {
    clearTimeout(this.passing);
    this.part(".state").textContent = passing || (this.disconnected ? this.strings.disconnected : this.handoff.words);
    if (passing) this.passing = setTimeout(() => this.say(), PASSING);
  }

  changed() {
    const { accepted } = this.store.read();
    for (const button of this.shadowRoot.querySelectorAll(".said")) button.hidden = !this.messages.known.size;
    for (const name of ["confirm", "looking"]) this.part(`.${name}`).hidden = this.asks !== name;
    this.part(".notice").hidden = accepted || this.asks;
    this.part(".composer").hidden = !accepted || this.asks;
  }

  /** `writing` is the role of who does, if anybody. */
  typing(writing) {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      this.part(".typing").textContent = this.strings.typing[writing] ?? "";
      if (writing) this.writing = setTimeout(() => this.typing(), SILENT);
    }, writing && BUSY);
  }

  online(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    clearTimeout(this.outage);
    this.outage = setTimeout(
      () => {
        if (this.disconnected === !connected) return;
        this.disconnected = !connected;
        this.say(connected && this.strings.reconnected);
      },
      connected ? 0 : OUTAGE,
    );
  }

  state(side, place) {
    this.handoff.show(side, place);
  }

  arrived() {
    if (!this.dialog.open) this.setUnread(this.unread + 1);
  }

  complain(code) {
    this.composer.complain(this.explain(code));
  }

  /** Why a message was not sent: said here, shown under the message. */
  failed(code) {
    const reason = this.explain(code);
    this.announce(`${this.strings.notSent} ${reason}`);
    return reason;
  }

  explain(code) {
    return this.strings.errors[code] ?? this.strings.errors.unavailable;
  }

  choose = ({ title, choice }) => this.conversation.send({ title, choice });

  accept() {
    this.store.write({ accepted: true });
    this.changed();
    this.composer.input.focus();
  }

  /** Another tab has changed something. */
  follow() {
    const { language } = this.store.read();
    if (language && language !== this.language) this.setLanguage(language);
    this.changed();
    this.conversation.follow();
  }

  download() {
    const link = element("a", { download: `${this.strings.log}-${new Date().toISOString().slice(0, 10)}.txt` });
    link.href = URL.createObjectURL(new Blob([this.messages.transcript()], { type: "text/plain;charset=utf-8" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** A place for the form, which is loaded when needed. */
  form(kind, language) {
    const place = element("div", { class: "asked" });
    import("./requests/forms.js").then(
      (forms) => place.append(forms[kind](this, language)),
      () => place.append(this.explain("offline")),
    );
    return place;
  }

  dress(sheet) {
    const { adoptedStyleSheets: sheets } = this.shadowRoot;
    if (!sheets.includes(sheet)) sheets.push(sheet);
  }

  /** What stands in place of the field: "confirm" whether to delete, "looking" for an answer to a request, or nothing. */
  ask(what) {
    this.asks = what;
    this.part(".options").open = false;
    this.part(".looking .asked")?.remove();
    if (what === "looking") this.part(".looking").append(this.form("lookup", this.language));
    this.changed();
    this.part({ confirm: ".keep", looking: "#lookup" }[what] ?? "summary").focus();
  }

  async erase() {
    const { erased, eraseFailed } = this.strings;
    const words = await this.conversation.erase().then(
      () => erased,
      () => eraseFailed,
    );
    this.asks = null;
    this.handoff.show("bot");
    this.changed();
    this.say(words);
    this.focusStart();
  }
}

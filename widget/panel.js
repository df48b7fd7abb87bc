/** The fixed parts of the widget; localise() puts in the words. */

import { button, element } from "./dom.js";

const status = (name) => element("p", { class: name, role: "status" });

/** Everything in the shadow tree; `chat` is the custom element. */
export function buildPanel(chat) {
  return element(
    "section",
    { label: "title" },
    button({ class: "launcher", "aria-haspopup": "dialog", onclick: () => chat.show() }, pictogram("chat"), element("span")),
    status("unseen news"),
    element(
      "dialog",
      {
        "aria-labelledby": "title",
        onkeydown: (event) => event.key === "Escape" && chat.escape(event),
        oncancel: (event) => chat.escape(event),
        onclose: () => chat.closed(),
      },
      header(chat),
      element("div", { class: "standing" }, status("state"), chat.handoff.exit),
      element("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", label: "log", tabindex: 0 }, greeting()),
      status("typing"),
      notice(chat),
      confirmation(chat),
      lookup(),
      element("p", { class: "problem", id: "problem", role: "alert" }),
      composer(chat),
      status("unseen announcer"),
    ),
  );
}

function header(chat) {
  return element(
    "header",
    {},
    element("div", { class: "title" }, element("h2", { id: "title", tabindex: -1, string: "title" }), element("p", { string: "subtitle" })),
    button({ class: "language", onclick: () => chat.switchLanguage(), string: "otherLanguage" }),
    element(
      "details",
      { class: "options", onfocusout: ({ currentTarget: options, relatedTarget }) => options.contains(relatedTarget) || (options.open = false) },
      element("summary", { class: "icon", label: "options" }, pictogram("more")),
      element(
        "div",
        { class: "menu" },
        button({ onclick: () => chat.ask("looking"), string: "lookup" }),
        button({ class: "said", onclick: () => chat.download(), string: "download" }),
        button({ class: "said", onclick: () => chat.ask("confirm"), string: "erase" }),
      ),
    ),
    button({ class: "icon", label: "close", onclick: () => chat.hide() }, pictogram("close")),
  );
}

function greeting() {
  return element(
    "div",
    { class: "message bot greeting" },
    element("p", { class: "speaker" }, element("span", { string: "bot" })),
    element("div", { class: "bubble" }),
  );
}

function notice(chat) {
  return element(
    "section",
    { class: "notice", "aria-labelledby": "notice" },
    element("h3", { id: "notice", tabindex: -1, string: "noticeTitle" }),
    element("ul", { class: "terms" }),
    element(
      "p",
      { class: "actions" },
      button({ class: "button", onclick: () => chat.accept(), string: "accept" }),
      element("a", { class: "privacy", string: "privacy", onclick: () => chat.small.matches && chat.hide() }),
    ),
  );
}

function confirmation(chat) {
  return element(
    "div",
    { class: "confirm", role: "group", "aria-labelledby": "confirm", "aria-describedby": "consequence", hidden: true },
    element("h3", { id: "confirm", string: "confirmTitle" }),
    element("p", { id: "consequence", string: "confirmText" }),
    element(
      "p",
      { class: "actions" },
      button({ class: "keep", onclick: () => chat.ask(), string: "keep" }),
      button({ class: "button danger", onclick: () => chat.erase(), string: "confirm" }),
    ),
  );
}

function lookup() {
  return element("section", { class: "confirm looking", "aria-labelledby": "lookup", hidden: true }, element("h3", { id: "lookup", tabindex: -1, string: "lookup" }));
}

function composer({ composer, handoff }) {
  return element(
    "form",
    { class: "composer", novalidate: true, onsubmit: (event) => composer.submit(event) },
    element("p", { class: "above" }, element("label", { for: "question", string: "question" }), element("span", { class: "counter" })),
    element(
      "div",
      { class: "row" },
      element("textarea", {
        id: "question",
        rows: 1,
        "aria-describedby": "hint problem",
        enterkeyhint: "send",
        onkeydown: (event) => composer.type(event),
        oninput: () => composer.count(),
      }),
      element("button", { class: "icon send", label: "send" }, pictogram("send")),
    ),
    element("p", { class: "unseen", id: "hint", string: "hint" }),
    handoff.wish,
  );
}

const PICTOGRAMS = {
  chat: "M4 4h16v12H9l-5 4zM8 8.5h8M8 12h5",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12h15M13 5.5l6.5 6.5-6.5 6.5",
  more: "M12 5v.5M12 12v.5M12 19v.5",
};

/** A drawing for the eye; the name of the control speaks. */
function pictogram(name) {
  const create = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = create("svg");
  const path = create("path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  path.setAttribute("d", PICTOGRAMS[name]);
  svg.append(path);
  return svg;
}

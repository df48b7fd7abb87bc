/** Texts with lists and links, service cards and choices. */

import { element } from "./dom.js";

const ADDRESS = String.raw`https?:\/\/[^\s<>"„“]*[^\s<>"„“.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}`;
const PHONE = String.raw`(?<![\w.,/-])(?:\+49 ?|0)[1-9](?:[ /–-]?\d){4,}(?![\w/-])`;
const EMERGENCY = String.raw`(?<!\d)11(?:[02]|6 ?\d{3})(?!\d)`; // elsewhere an amount, or a paragraph of a law
const LINK = `${ADDRESS}|${PHONE}`;
const ITEM = /^\s*[-•]\s+/;

/** Blank lines part paragraphs, "- " makes a list. `links: false` is for what citizens wrote. */
export function prose(text, { links = true, emergency = false } = {}) {
  const pattern = new RegExp(emergency ? `${LINK}|${EMERGENCY}` : LINK, "gi");
  const blocks = [];
  for (const part of (text ?? "").split(/\n\s*\n/)) {
    let block;
    for (const line of part.split("\n").filter((line) => line.trim())) {
      const item = links && ITEM.test(line);
      const name = item ? "UL" : "P";
      const content = links ? linked(line.replace(ITEM, ""), pattern) : [line];
      if (block?.tagName !== name) blocks.push((block = element(name)));
      else if (!item) block.append(element("br"));
      block.append(...(item ? [element("li", {}, content)] : content));
    }
  }
  return blocks;
}

function linked(line, pattern) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of line.matchAll(pattern)) {
    const href = /^http/i.test(found) ? found : found.includes("@") ? `mailto:${found}` : `tel:${found.replace(/[^\d+]/g, "")}`;
    nodes.push(line.slice(end, index), link(href, found));
    end = index + found.length;
  }
  return [...nodes, line.slice(end)];
}

/** Only its text where the address leads nowhere harmless: "javascript:…", null. */
function link(href, text, attributes) {
  return /^(https?|mailto|tel):/i.test(href) ? element("a", { href, ...attributes }, text) : text;
}

/** The text without what the card shows: "Gebühren für „Pass“:\n37,00 €", facet "37,00 €" → "". */
export function textBesideCard(text, card, { validAsOf }) {
  for (const facet of card?.facets ?? []) {
    const [name, shown] = [card.service.name, facet.text].map((words) => words.trim().split(/\s+/).map(literal).join("\\s+"));
    text = text.replace(new RegExp(`(.*${name}.*:\\s+)?${shown}`), "");
  }
  return card?.kind === "service" && card.valid_as_of ? text.replace(new RegExp(`^${literal(validAsOf)} .*$`, "m"), "") : text;
}

const literal = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export function renderCard(card, strings) {
  if (card?.kind !== "service") return null; // choices come as buttons
  return element(
    "div",
    { class: "card" },
    element("h3", {}, link(card.service.url, card.service.name)),
    card.facets.map(({ facet, text, recorded, language }) => [
      recorded && strings.facets[facet] && element("h4", {}, strings.facets[facet]),
      element("div", { class: recorded ? null : "missing", lang: language }, prose(text)),
    ]),
    card.online_url && element("p", {}, link(card.online_url, strings.online, { class: "button" })),
    renderOffices(card.offices, strings),
    card.valid_as_of && element("p", { class: "date" }, validity(card, strings)),
  );
}

function renderOffices(offices, strings) {
  const items = offices.map(({ name, address, hours, url }) =>
    element(
      offices.length > 1 ? "li" : "div",
      { class: "office" },
      element("strong", {}, link(url, name)),
      prose(address),
      hours && [element("p", { class: "label" }, strings.facets.opening_hours), prose(hours)],
    ),
  );
  if (items.length < 2) return items.map((item) => [element("h4", {}, strings.facets.office), item]);
  return element("details", {}, element("summary", {}, strings.offices(items.length)), element("ul", { class: "plain" }, items));
}

/** "Stand: 15. September 2026" */
function validity({ valid_as_of: date }, { validAsOf, locale }) {
  return date && `${validAsOf} ${new Date(`${date}T12:00`).toLocaleDateString(locale, { dateStyle: "long" })}`;
}

/** They stay usable, so that the focus is not lost; a double click is one. */
export function renderChoices(choices, strings, choose) {
  const button = (choice) => element("button", { type: "button", class: "choice", onclick: ({ detail }) => detail < 2 && choose(choice) }, choice.title);
  const items = choices?.map((choice) => element("li", {}, button(choice)));
  return items && element("ul", { class: "choices", "aria-label": strings.choices }, items);
}

/** What a card says beyond its message's text. */
export function cardLines(card) {
  if (card?.kind !== "service") return [];
  const offices = card.offices.map(({ name, address, hours, url }) => [name, address, hours, url].filter(Boolean).join(", "));
  return [card.service.url, card.online_url, ...offices.map((office) => office.replace(/\n/g, ", "))];
}

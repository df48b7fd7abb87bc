/** Texts with lists and links, service cards and choices. */

import { element } from "./dom.js";

const ADDRESS = /https?:\/\/[^\s<>"„“]*[^\s<>"„“.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/;
const PHONE = /(?<![\w.,/-])(?:\+49 ?|0)[1-9](?:[ /–-]?\d){4,}(?![\w/-])/;
const EMERGENCY = /(?<!\d)11(?:[02]|6 ?\d{3})(?!\d)/; // elsewhere an amount, or a paragraph of a law
const LINK = `${ADDRESS.source}|${PHONE.source}`;
const ITEM = /^\s*[-•]\s+/;

/** Paragraphs are parted by blank lines; lines with "- " are a list. `links: false` is for what citizens wrote. */
export function prose(text, { links = true, emergency = false } = {}) {
  const pattern = new RegExp(emergency ? `${LINK}|${EMERGENCY.source}` : LINK, "gi");
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
    const phone = `tel:${found.replace(/[^\d+]/g, "")}`;
    nodes.push(line.slice(end, index), link(/^http/i.test(found) ? found : found.includes("@") ? `mailto:${found}` : phone, found));
    end = index + found.length;
  }
  return [...nodes, line.slice(end)];
}

/** A link, or only its text where the address leads nowhere harmless: "javascript:…", null. */
function link(href, text, attributes) {
  return /^(https?|mailto|tel):/i.test(href) ? element("a", { href, ...attributes }, text) : text;
}

/** The text without what the card shows below it: "Gebühren für „Pass“:\n37,00 €", facet "37,00 €" → "". */
export function textBesideCard(text, card) {
  for (const facet of card?.facets ?? []) {
    const [name, shown] = [card.service.name, facet.text].map((words) => words.trim().split(/\s+/).map(literal).join("\\s+"));
    text = text.replace(new RegExp(`(.*${name}.*:\\s+)?${shown}`), "");
  }
  return text;
}

const literal = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A card of the contract; choices are shown by renderChoices(). */
export function renderCard(card, strings) {
  if (card?.kind !== "service") return null;
  const { service, facets, offices, online_url: online } = card;
  const date = formatDate(card.valid_as_of, strings);
  return element(
    "div",
    { class: "card" },
    element("h3", {}, link(service.url, service.name)),
    facets.map((facet) => facetPart(facet, strings)),
    online && element("p", {}, link(online, strings.online, { class: "button" })),
    officesPart(offices, strings),
    date && element("p", { class: "date" }, `${strings.validAsOf} ${date}`),
  );
}

function facetPart({ facet, text, recorded, language }, strings) {
  const label = strings.facets[facet];
  if (!recorded) return element("div", { class: "missing" }, prose(text || strings.notRecorded(label)));
  return [label && element("h4", {}, label), element("div", { lang: language }, prose(text))];
}

function officesPart(offices, strings) {
  const parts = offices.map(({ name, address, hours, url }) => [
    element("strong", {}, link(url, name)),
    prose(address),
    hours && [element("p", { class: "label" }, strings.facets.opening_hours), prose(hours)],
  ]);
  if (parts.length < 2) return parts.map((part) => [element("h4", {}, strings.facets.office), element("div", { class: "office" }, part)]);
  const items = parts.map((part) => element("li", { class: "office" }, part));
  return element("details", {}, element("summary", {}, strings.offices(parts.length)), element("ul", { class: "plain" }, items));
}

/** "2026-09-15" → "15. September 2026" */
function formatDate(value, { locale }) {
  return value && new Date(`${value}T12:00`).toLocaleDateString(locale, { dateStyle: "long" });
}

/** Choices stay usable after use: an earlier question may come up again, and the focus is not lost. */
export function renderChoices(choices, strings, choose) {
  const buttons = choices?.map((choice) => element("button", { type: "button", class: "choice", onclick: () => choose(choice) }, choice.title));
  return buttons && element("ul", { class: "choices", "aria-label": strings.choices }, buttons.map((button) => element("li", {}, button)));
}

/** A card as lines of the downloaded text, which has the facets already. */
export function cardLines(card, strings) {
  if (card?.kind !== "service") return [];
  const { service, offices, online_url: online } = card;
  return [
    `${service.name}: ${service.url ?? ""}`,
    online && `${strings.online}: ${online}`,
    ...offices.map(({ name, address, hours, url }) => [name, address, hours, url].filter(Boolean).join(", ").replace(/\n/g, ", ")),
    card.valid_as_of && `${strings.validAsOf} ${formatDate(card.valid_as_of, strings)}`,
  ];
}

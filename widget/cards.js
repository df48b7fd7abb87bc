/** Texts with lists and links, service cards and choices. */

import { button, element } from "./dom.js";

const ADDRESS = String.raw`https?:\/\/[^\s<>"„“]*[^\s<>"„“.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}`;
const PHONE = String.raw`(?<![\w.,/-])(?:\+49 ?|0)[1-9](?:[ /–-]?\d){4,}(?![\w/-])`;
const EMERGENCY = String.raw`(?<!\d)11(?:[02]|6 ?\d{3})(?!\d)`; // elsewhere an amount, or a paragraph of a law
const LINK = `${ADDRESS}|${PHONE}`;
const ITEM = /^\s*[-•]\s+/;

/**
 * Blank lines part paragraphs, "- " makes a list. `links: false` is for what citizens wrote. `names`: words in another
 * language, each { text, language }.
 */
export function prose(text, { links = true, emergency = false, names = [] } = {}) {
  const pattern = new RegExp([...names.map(({ text }) => literal(text)), LINK, ...(emergency ? [EMERGENCY] : [])].join("|"), "gi");
  const blocks = [];
  for (const part of (text ?? "").split(/\n\s*\n/)) {
    let block;
    for (const line of part.split("\n").filter((line) => line.trim())) {
      const item = links && ITEM.test(line);
      const name = item ? "UL" : "P";
      const content = links ? linked(line.replace(ITEM, ""), pattern, names) : [line];
      if (block?.tagName !== name) blocks.push((block = element(name)));
      else if (!item) block.append(element("br"));
      block.append(...(item ? [element("li", {}, content)] : content));
    }
  }
  return blocks;
}

function linked(line, pattern, names) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of line.matchAll(pattern)) {
    const name = names.find(({ text }) => text.toLowerCase() === found.toLowerCase());
    const href = /^http/i.test(found) ? found : found.includes("@") ? `mailto:${found}` : `tel:${found.replace(/[^\d+]/g, "")}`;
    nodes.push(line.slice(end, index), name ? element("span", { lang: name.language }, found) : link(href, found));
    end = index + found.length;
  }
  return [...nodes, line.slice(end)];
}

/** Names on a card in another language than the message, the longest first. */
export function foreignNames(card) {
  if (card?.kind !== "service") return [];
  const named = [card.service, ...card.offices].map(({ name: text, language }) => ({ text, language }));
  return [card.service.official_name, ...named].filter((name) => name?.language && name.text).sort((a, b) => b.text.length - a.text.length);
}

/** Only its text where the address leads nowhere harmless: "javascript:…", null. */
function link(href, text, attributes) {
  return /^(https?|mailto|tel):/i.test(href) ? element("a", { href, ...attributes }, text) : text;
}

/** The text without what the card shows: the paragraphs that say a facet, from their headings on, and the source. */
export function textBesideCard(text, card, { validAsOf, source }) {
  if (card?.kind !== "service") return text;
  for (const { short, text: whole } of wordings(card)) {
    const said = (short ?? whole).trim();
    const start = said ? text.indexOf(said) : -1;
    if (start < 0) continue;
    const paragraph = text.lastIndexOf("\n\n", start) + 1;
    const below = short && /^\n(?!\n).*/.exec(text.slice(start + said.length)); // "Mehr dazu: …"
    text = text.slice(0, paragraph) + text.slice(start + said.length + (below?.[0].length ?? 0));
  }
  const shown = [card.source_name && `${source} ${card.source_name}`, card.valid_as_of && validAsOf].filter(Boolean);
  return shown.length ? text.replace(new RegExp(`^(?:${shown.map(literal).join("|")}).*$`, "gm"), "") : text;
}

/** The texts of all facets, with the official ones. */
const wordings = ({ facets }) => facets.flatMap((facet) => (facet.official ? [facet, facet.official] : [facet]));

const literal = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `said` is the message's text: where to ask for what is not recorded stands there, in other words. */
export function renderCard(card, strings, said = "") {
  if (card?.kind !== "service") return null; // choices come as buttons
  const { name, url, language, official_name: official } = card.service;
  const facets = card.facets.filter(({ recorded, text }) => recorded || !said || said.includes(text));
  const names = foreignNames(card);
  return element(
    "div",
    { class: "card" },
    element("h3", { lang: language }, link(url, name)),
    official && element("p", { class: "aside" }, `${strings.officialName} `, element("span", { lang: official.language }, official.text)),
    isForeign(card.service, strings) && element("p", { class: "aside" }, strings.germanName),
    facets.map((facet) => [
      facet.recorded && strings.facets[facet.facet] && element("h4", {}, strings.facets[facet.facet]),
      renderText(facet, strings, { names, announce: isForeign(facet, strings) && strings.onlyGerman, missing: !facet.recorded }),
      facet.official && renderText(facet.official, strings, { announce: strings.officialText }),
    ]),
    card.online_url && element("p", {}, link(card.online_url, strings.online, { class: "button" })),
    renderOffices(card, strings),
    renderSource(card, strings),
  );
}

const isForeign = ({ language }, { locale }) => language && !locale.startsWith(language);

/** A text with its language, announced if it is another one; the rest of a long one folded away. */
function renderText({ text, short, language }, strings, { names, announce, missing }) {
  const cut = short && text.startsWith(short);
  const part = (words) => element("div", { class: missing ? "missing" : null, lang: language }, prose(words, { names }));
  return [
    announce && element("p", { class: "aside" }, announce),
    part(cut ? short : text),
    cut && element("details", {}, element("summary", {}, strings.more), part(text.slice(short.length))),
  ];
}

/** What the facets say of the only office is not repeated. */
function renderOffices({ offices, facets }, strings) {
  const said = facets.map(({ text }) => text).join("\n");
  const isNew = (words) => words && !(offices.length === 1 && words.split("\n").every((line) => said.includes(line)));
  const items = offices.map(({ name, address, hours, url, status, language }) =>
    element(
      offices.length > 1 ? "li" : "div",
      { class: "office" },
      element("strong", { lang: language }, link(url, name)),
      isNew(address) && prose(address),
      isNew(status) && prose(status),
      isNew(hours) && [element("p", { class: "label" }, strings.facets.opening_hours), prose(hours)],
    ),
  );
  if (items.length < 2) return items.map((item) => [element("h4", {}, strings.facets.office), item]);
  return element("details", {}, element("summary", {}, strings.offices(items.length)), element("ul", { class: "plain" }, items));
}

/** "Quelle: Leistungsverzeichnis Auenfurt. Stand: 15. September 2026" */
function renderSource({ source_name: name, valid_as_of: date, service }, { source, validAsOf, locale }) {
  const from = name && [`${source} `, link(service.url, name)];
  const day = date && `${validAsOf} ${new Date(`${date}T12:00`).toLocaleDateString(locale, { dateStyle: "long" })}`;
  return (from || day) && element("p", { class: "date" }, from, from && day && ". ", day);
}

/** They stay usable, so that the focus is not lost; a double click is one. `card` tells which words are German. */
export function renderChoices(choices, strings, choose, card) {
  const services = card?.kind === "choices" ? card.services : [];
  const items = choices?.map((choice, index) => {
    const onclick = ({ detail }) => detail < 2 && choose(choice);
    return element("li", {}, button({ class: "choice", onclick }, buttonText(choice, services[index])));
  });
  return items && element("ul", { class: "choices", "aria-label": strings.choices }, items);
}

/** "Applying for a passport (Reisepass)", with the official name in its language. */
function buttonText({ title }, service) {
  const { text, language } = service?.official_name ?? { text: service?.name, language: service?.language };
  const start = language ? title.lastIndexOf(text) : -1;
  return start < 0 ? title : [title.slice(0, start), element("span", { lang: language }, text), title.slice(start + text.length)];
}

/** What a card says beyond its message's text. */
export function cardLines(card) {
  if (card?.kind !== "service") return [];
  const long = wordings(card).filter(({ short }) => short);
  const offices = card.offices.map(({ name, address, hours, url }) => [name, address, hours, url].filter(Boolean).join(", "));
  return [...long.map(({ text }) => text), card.service.url, card.online_url, ...offices.map((office) => office.replace(/\n/g, ", "))];
}

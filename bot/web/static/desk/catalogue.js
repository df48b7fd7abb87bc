// The catalogue beside a conversation: found while typing, opened without leaving the page, put into the answer.

import { insertText } from "./insert.js";

const PAUSE = 250; // ms after a keystroke

const section = document.querySelector("#catalogue");
const query = document.querySelector("#catalogue-query");
const said = document.querySelector("#catalogue-said");
let timer = null;
let running = null;

function announce(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function part() {
  return document.querySelector("#catalogue-part");
}

/** Shows what is found for `q`, and the entry of `service` if there is one. Returns whether it could. */
async function show({ q = "", service = "" }) {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  try {
    const path = `${section.dataset.address}?${new URLSearchParams({ q, service })}`;
    const response = await fetch(path, { signal: running.signal });
    const newer = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("#catalogue-part");
    if (!newer) throw new Error(`no part of the catalogue: ${response.status}`);
    const focused = part().contains(document.activeElement) ? document.activeElement.id : "";
    part().replaceWith(newer);
    if (focused) (document.getElementById(focused) ?? query).focus({ preventScroll: true });
    return true;
  } catch (error) {
    if (error.name !== "AbortError") announce(section.dataset.away);
    return false;
  }
}

async function search() {
  if (await show({ q: query.value.trim() })) announce(part().dataset.said);
}

async function open(link) {
  if (!(await show({ q: query.value.trim(), service: link.dataset.service }))) return;
  document.querySelector("#catalogue-entry")?.focus();
}

/** Puts a text below what is written. What is written stays as it is, even where the new text does not fit. */
function insert({ facetText, said: done }) {
  const field = document.querySelector("#text");
  if (!field) return;
  const end = field.value.length;
  if (!insertText(field, facetText, end, end)) {
    announce(section.dataset.long);
    return;
  }
  field.scrollTop = field.scrollHeight;
  announce(done);
}

if (section) {
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  section.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  section.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-service]");
    const button = event.target.closest("[data-facet-text]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      open(link);
    } else if (button) {
      event.preventDefault();
      insert(button.dataset);
    }
  });
  // The texts are in the language of the conversation, which the citizen may change.
  let language = document.querySelector("#text")?.lang;
  new MutationObserver(() => {
    const now = document.querySelector("#text")?.lang;
    if (now === language) return;
    language = now;
    show({ q: part().dataset.query, service: part().dataset.service });
  }).observe(document.querySelector("#writing"), { childList: true });
  if ("pending" in part().dataset) show({ service: part().dataset.service });
}

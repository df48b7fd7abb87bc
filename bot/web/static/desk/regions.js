// Parts of a page ([data-live] with an id) are exchanged for newer ones. Focus, what was typed, and what was folded
// out stay as they were.

import { SignedOutError, isSignIn } from "./session.js";

const FIELDS = "textarea, select, input:not([type=hidden])";
const kept = new Map(); // what was typed into fields that are not there for the moment, by id
const shown = new Map(); // the markup of each region as it came from the server

/** The page at `path` as a document.
 *  @throws {SignedOutError} the session has ended.
 *  @throws {Error} it is another one, such as when the conversation went to another team. */
export async function fetchPage(path) {
  const response = await fetch(path, { headers: { "X-Desk-Refresh": "1" } });
  if (isSignIn(response)) throw new SignedOutError();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.querySelector("#live")) {
    // Where somebody is typing, the text must not be lost: then the next click tells.
    if (!isTyped(document)) location.assign(path);
    throw new Error(`no page of the desk: ${response.status}`);
  }
  return page;
}

/** Puts the regions of `page` in the place of those that are shown. */
export function replaceRegions(page) {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const newer = page.getElementById(region.id);
    if (!newer || newer.innerHTML === (shown.get(region.id) ?? region.innerHTML)) continue;
    shown.set(region.id, newer.innerHTML);
    const focus = remember(region);
    region.replaceChildren(...document.importNode(newer, true).childNodes);
    restore(region, focus);
  }
}

/** Empties a field whose text was sent, unless somebody has gone on writing in it. */
export function clearSent(id, text) {
  if (kept.get(id) === text) kept.delete(id);
  const field = document.getElementById(id);
  if (field?.value === text) field.value = "";
}

export function isTyped(root) {
  return [...root.querySelectorAll("textarea")].some((field) => field.value !== "");
}

function remember(region) {
  for (const field of region.querySelectorAll(FIELDS)) {
    if (!field.id) continue;
    const isChanged = field.localName === "select" ? field.dataset.chosen : field.value !== "";
    if (isChanged) kept.set(field.id, field.value);
    else kept.delete(field.id);
  }
  for (const details of region.querySelectorAll("details[id]")) kept.set(details.id, details.open);
  const active = document.activeElement;
  if (!active || !region.contains(active) || !active.id) return null;
  return { id: active.id, start: active.selectionStart, end: active.selectionEnd };
}

function restore(region, focus) {
  for (const field of region.querySelectorAll(FIELDS)) {
    if (!kept.has(field.id)) continue;
    const known = field.localName !== "select" || [...field.options].some(({ value }) => value === kept.get(field.id));
    if (known) field.value = kept.get(field.id);
    if (known && field.localName === "select") field.dataset.chosen = "yes";
  }
  for (const details of region.querySelectorAll("details[id]")) details.open = kept.get(details.id) ?? details.open;
  if (!focus) return;
  const target = document.getElementById(focus.id);
  // What had the focus may be gone, such as the button of a conversation that somebody took: stay near it.
  if (!target) region.tabIndex = -1;
  (target ?? region).focus({ preventScroll: true });
  if (target?.localName === "textarea" && focus.start !== undefined) target.setSelectionRange(focus.start, focus.end);
}

document.addEventListener("change", ({ target }) => {
  if (target.localName === "select") target.dataset.chosen = "yes";
});

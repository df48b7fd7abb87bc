// The desk's pages, kept up to date. They work without this; here is only what makes them live.

import { connect } from "./connection.js";
import { alertOf } from "./alerts.js";
import { insertText } from "./insert.js";
import { clearSent, fetchPage, isTyped, replaceRegions } from "./regions.js";
import { reportTyping, typingOf } from "./typing.js";
import { SignedOutError, adoptToken, isSignIn, reportActivity, signInPath } from "./session.js";

const live = document.querySelector("#live");
const texts = live.dataset;
const state = document.querySelector("#live-state");
const said = document.querySelector("#live-said");
const handoff = Number(texts.handoff) || null;
const alerts = alertOf({
  sound: document.querySelector("#live-sound"),
  notify: document.querySelector("#live-notify"),
  hint: document.querySelector("#live-hint"),
  staff: texts.staff,
});

const typing = typingOf(document.querySelector("#typing"), announce);
let refreshing = null;
let again = false;
let sending = false;
let signedOut = false;
let known = messages();
let unsent = null; // text and key of what may have arrived all the same: sent again, it is stored once

function announce(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function messages() {
  return document.querySelectorAll("#history .citizen").length;
}

/** Says that the citizen has written, whichever way the page came to know it. */
function tellNew() {
  const isNew = messages() > known;
  known = messages();
  if (!isNew) return;
  typing.end();
  announce(texts.new);
  alerts.raise(texts.new);
}

/** Brings the page up to date; one fetch at a time, and one more where something changed meanwhile. */
async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = fetchPage(texts.address);
  try {
    const page = await refreshing;
    replaceRegions(page);
    adoptToken(page);
    tellNew();
  } catch (error) {
    // The socket says when there is no connection; with the next one the page is fetched again.
    if (error instanceof SignedOutError) onSignedOut();
  } finally {
    refreshing = null;
  }
  if (again) {
    again = false;
    await refresh();
  }
}

async function onChanged({ handoffs, arrived }) {
  const concerns = handoff === null || handoffs.includes(handoff);
  const before = known;
  if (concerns) await refresh();
  if (arrived.some((id) => id !== handoff)) {
    announce(texts.arrived);
    alerts.raise(texts.arrived);
  } else if (known === before && handoff !== null && concerns && !document.querySelector("#compose")) {
    announce(texts.changed);
  }
}

/** Sends an answer without leaving the page; whatever goes wrong stays in the field, with the reason above. */
async function send(form) {
  if (sending) return;
  sending = true;
  const body = new URLSearchParams(new FormData(form));
  const text = form.querySelector("textarea").value;
  if (unsent?.text === text) body.set("key", unsent.key);
  unsent = { text, key: body.get("key") };
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (isSignIn(response)) return onSignedOut();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.querySelector("#history")) throw new Error("no page of the desk");
    unsent = null;
    if (response.ok) {
      clearSent("text", text);
      state.textContent = "";
    }
    replaceRegions(page);
    if (!response.ok) announce(document.querySelector("#problem").textContent.trim());
  } catch {
    state.textContent = texts.unsent;
    announce(texts.unsent);
  } finally {
    sending = false;
    document.querySelector("#text")?.focus();
  }
}

/** Leads to the sign-in page; where somebody is writing, the text stays and a link leads there. */
function onSignedOut() {
  if (!isTyped(document)) return location.assign(signInPath(texts.address));
  if (signedOut) return;
  signedOut = true;
  const link = Object.assign(document.createElement("a"), { textContent: texts.signIn, target: "_blank" });
  link.href = signInPath("/staff");
  state.replaceChildren(texts.signedOut, " ", link);
  announce(texts.signedOut);
}

function countMinutes() {
  for (const time of document.querySelectorAll("time[data-minutes]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000));
    time.textContent = texts.minutes.replace("{minutes}", minutes);
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "compose") return;
  const prepared = event.submitter?.dataset.insert;
  if (prepared !== undefined) {
    // What does not fit goes to the server, whose page says so.
    if (insertText(document.querySelector("#text"), prepared)) event.preventDefault();
    return;
  }
  event.preventDefault();
  send(event.target);
});
setInterval(countMinutes, 20_000);
if (document.querySelector("#presence")) setInterval(refresh, 60_000);
live.hidden = false;
// What stands on a page from the start is not read out: the sentence on what was just done, or could not be.
const told = document.querySelector("#fault, main > .note[role=status]");
if (told) announce(told.textContent.trim());
const retry = connect(`/desk/socket${handoff ? `?handoff=${handoff}` : ""}`, {
  onReady: (isFirst) => {
    if (!isFirst) announce(texts.back);
    state.textContent = "";
    signedOut = false;
    refresh();
  },
  onChanged,
  onTyping: typing.show,
  onLost: () => {
    if (signedOut) return;
    refresh(); // it may be the session that is over
    if (state.textContent === texts.lost) return;
    state.textContent = texts.lost;
    announce(texts.lost);
  },
  onSignedOut,
});
reportActivity(onSignedOut);
if (handoff) reportTyping(`${texts.address}/typing`);
document.addEventListener("visibilitychange", () => {
  if (signedOut && !document.hidden) retry();
});

// Pages of requests look from time to time what has changed; a prepared reply goes where the cursor is.

import { insertText } from "./insert.js";
import { fetchPage, replaceRegions } from "./regions.js";

const PAUSE = 10_000;
const { address } = document.querySelector("#live").dataset;

setInterval(async () => {
  if (document.hidden) return;
  try {
    replaceRegions(await fetchPage(address));
  } catch {
    // desk.js says when there is no connection, or no session any more.
  }
}, PAUSE);

document.addEventListener("submit", (event) => {
  const text = event.submitter?.dataset.insert;
  if (event.target.id !== "answer-form" || text === undefined) return;
  // What does not fit goes to the server, whose page says so.
  if (insertText(document.querySelector("#text"), text)) event.preventDefault();
});

// The session: typing and clicking keep it alive, a page that is only open does not.

const SIGN_IN = "/staff/login";
const PAUSE = 60_000;

/** The session has ended. */
export class SignedOutError extends Error {}

/** Whether a response is the sign-in page instead of what was asked for. */
export function isSignIn(response) {
  return response.redirected && new URL(response.url).pathname === SIGN_IN;
}

/** The address of the sign-in page, which says that the session has ended and then leads to `next`. */
export function signInPath(next) {
  return `${SIGN_IN}?${new URLSearchParams({ next, done: "timed_out" })}`;
}

/** Takes over the token of a page fetched later: after signing in again there is another one. */
export function adoptToken(page) {
  const token = page.querySelector("meta[name=csrf]").content;
  document.querySelector("meta[name=csrf]").content = token;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
}

/** Tells the server, at most once a minute, that somebody types or clicks: it hears of nothing else in between. */
export function reportActivity(onSignedOut) {
  let reported = Date.now(); // opening the page was a click
  async function report() {
    if (Date.now() - reported < PAUSE) return;
    reported = Date.now();
    const headers = { "X-CSRF-Token": document.querySelector("meta[name=csrf]").content };
    try {
      const { status } = await fetch("/desk/activity", { method: "POST", headers });
      if (status === 401) onSignedOut();
    } catch {
      // Without a connection there is nothing to keep alive.
    }
  }
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, report, { passive: true });
}

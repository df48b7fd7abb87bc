// That somebody is typing, both ways: a flag, and nothing of what is typed.

const PAUSE = 3_000; // ms between two flags
const LASTS = 6_000; // ms until one is no longer believed

/** Says to `path` that an answer is being written, while it is. */
export function reportTyping(path) {
  let reported = -PAUSE;
  document.addEventListener("input", ({ target, timeStamp }) => {
    if (target.id !== "text" || !target.value.trim() || timeStamp - reported < PAUSE) return;
    reported = timeStamp;
    const headers = { "X-CSRF-Token": document.querySelector("meta[name=csrf]").content };
    fetch(path, { method: "POST", headers }).catch(() => {}); // the next one may get through
  });
}

/** The line that says that the citizen is typing: seen as long as they do, announced once until they have written. */
export function typingOf(line, announce) {
  let timer = null;
  let isAnnounced = false;
  const hide = () => (line.textContent = "");
  return {
    show() {
      if (!line) return;
      clearTimeout(timer);
      timer = setTimeout(hide, LASTS);
      line.textContent = line.dataset.words;
      if (!isAnnounced) announce(line.dataset.words);
      isAnnounced = true;
    },
    end() {
      if (!line) return;
      clearTimeout(timer);
      hide();
      isAnnounced = false;
    },
  };
}

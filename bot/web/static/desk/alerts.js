// A sound and notifications of the browser, each off until somebody wants it. The browser remembers that for each member
// of staff, because several may use it.

/** `raise(text)` tells somebody who may be looking elsewhere, in the ways that were chosen. `hint` is the element that
 *  says why one of them does not work now; its data have the sentences. */
export function alertOf({ sound, notify, hint, staff }) {
  const [soundKey, notifyKey] = ["sound", "notify"].map((way) => `stadtlotse-desk-${way}-${staff}`);
  sound.checked = localStorage.getItem(soundKey) === "on";
  notify.checked = localStorage.getItem(notifyKey) === "on" && mayNotify();
  if (sound.checked && isMuted()) {
    hint.textContent = hint.dataset.muted;
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (hint.textContent = ""), { once: true });
  }
  sound.addEventListener("change", () => {
    localStorage.setItem(soundKey, sound.checked ? "on" : "off");
    if (sound.checked) beep();
  });
  notify.addEventListener("change", async () => {
    hint.textContent = "";
    if (notify.checked && !mayNotify() && !(await isAllowed())) {
      notify.checked = false;
      hint.textContent = hint.dataset.denied;
    }
    localStorage.setItem(notifyKey, notify.checked ? "on" : "off");
  });
  return {
    raise(text) {
      if (sound.checked) beep();
      if (notify.checked && mayNotify() && document.hidden) show(text);
    },
  };
}

function mayNotify() {
  return "Notification" in window && Notification.permission === "granted";
}

async function isAllowed() {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

/** What was written stays on the page: notifications are seen by whoever passes the screen. */
function show(text) {
  try {
    const shown = new Notification(text, { tag: "stadtlotse-desk", renotify: true });
    shown.onclick = () => {
      focus();
      shown.close();
    };
  } catch {
    // Some phones allow notifications to service workers alone; the page itself and the sound say it too.
  }
}

/** Browsers let a page make sounds only after somebody has clicked or typed in it, also after a reload. */
function isMuted() {
  return navigator.userActivation?.hasBeenActive === false;
}

function beep() {
  if (isMuted()) return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.onended = () => audio.close();
}

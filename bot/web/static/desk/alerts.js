// A sound and notifications of the browser, each off until somebody wants it. The browser remembers that.

const SOUND = "stadtlotse-desk-sound";
const NOTIFY = "stadtlotse-desk-notify";

/** `raise(text)` tells somebody who may be looking elsewhere, in the ways that were chosen. */
export function alertOf({ sound, notify, onDenied }) {
  sound.checked = localStorage.getItem(SOUND) === "on";
  notify.checked = localStorage.getItem(NOTIFY) === "on" && mayNotify();
  sound.addEventListener("change", () => {
    localStorage.setItem(SOUND, sound.checked ? "on" : "off");
    if (sound.checked) beep();
  });
  notify.addEventListener("change", async () => {
    if (notify.checked && (!("Notification" in window) || (await Notification.requestPermission()) !== "granted")) {
      notify.checked = false;
      onDenied();
    }
    localStorage.setItem(NOTIFY, notify.checked ? "on" : "off");
  });
  return {
    raise(text) {
      if (sound.checked) beep();
      // What was written stays on the page: notifications are seen by whoever passes the screen.
      if (notify.checked && mayNotify() && document.hidden) new Notification(text, { tag: "stadtlotse-desk" });
    },
  };
}

function mayNotify() {
  return "Notification" in window && Notification.permission === "granted";
}

function beep() {
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

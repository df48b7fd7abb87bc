// The socket of the desk: opened again after a while when it is lost, faster when the network is back.

const SIGNED_OUT = 4401;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Stays connected to `path`. `onReady(isFirst)`, `onChanged({handoffs, arrived})`, `onTyping()`, `onLost()`, `onSignedOut()`.
 *  Returns `retry()`, which connects again where nothing is connected. */
export function connect(path, { onReady, onChanged, onTyping, onLost, onSignedOut }) {
  let pause = FIRST_PAUSE;
  let isFirst = true;
  let socket = null;
  let timer = null;

  function open() {
    clearTimeout(timer);
    timer = null;
    socket = new WebSocket(location.origin.replace(/^http/, "ws") + path);
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === "ready") {
        pause = FIRST_PAUSE;
        onReady(isFirst);
        isFirst = false;
      } else if (event.type === "changed") {
        onChanged(event);
      } else if (event.type === "typing") {
        onTyping();
      }
    };
    socket.onclose = ({ code }) => {
      if (code === SIGNED_OUT) return onSignedOut();
      onLost();
      // Not all at once after the server was away.
      timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  }

  addEventListener("online", () => {
    if (timer !== null) open();
  });
  addEventListener("offline", () => socket?.close());
  open();
  return () => {
    if (socket.readyState === WebSocket.CLOSED) open();
  };
}

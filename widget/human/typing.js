/**
 * Who is writing in a conversation with a caseworker, both ways: that somebody does, never what. Loaded when a
 * caseworker has taken the conversation. Times are milliseconds.
 */

const LASTS = 6_000; // until a flag is no longer believed
const PAUSE = 3_000; // between two flags of ours

/** From now on; once is enough for all conversations of `chat`. */
export function follow(chat) {
  if (Object.hasOwn(chat, "typing")) return;
  const line = new Line(chat);
  chat.typing = (role) => line.show(role);
  chat.shadowRoot.addEventListener("input", report(chat));
}

/** Tells the caseworker that the citizen is writing, while the caseworker is there. */
function report(chat) {
  let said = -PAUSE;
  return ({ target, timeStamp }) => {
    const { socket } = chat.conversation.connection;
    if (target.id !== "question" || chat.handoff.side !== "human" || socket?.readyState !== 1) return;
    if (!target.value.trim() || timeStamp - said < PAUSE) return;
    said = timeStamp;
    socket.send(JSON.stringify({ type: "typing" }));
  };
}

/** The line above the field. Announced once until there is a message: who pauses and goes on is only seen. */
class Line {
  constructor(chat) {
    this.chat = chat;
    this.typing = Object.getPrototypeOf(chat).typing; // how it is done for the assistant
  }

  /** `role` is who writes, or false: nobody any more, because there is a message. */
  show(role) {
    if (role !== "caseworker") {
      this.isAnnounced = false;
      this.place.ariaLive = "polite";
      this.typing.call(this.chat, role);
      return;
    }
    clearTimeout(this.chat.writing);
    this.place.ariaLive = this.isAnnounced ? "off" : "polite";
    this.isAnnounced = true;
    this.say(this.chat.strings.typing.caseworker);
    this.chat.writing = setTimeout(() => this.say(""), LASTS);
  }

  get place() {
    return this.chat.part(".typing");
  }

  say(words) {
    if (this.place.textContent !== words) this.place.textContent = words;
  }
}

export default {
  locale: "en-GB",
  title: "Ask the town hall",
  launcher: "Ask a question",
  unread: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  subtitle: "Automatic assistant",
  close: "Close chat",
  otherLanguage: "Deutsch",
  options: "More options",
  download: "Download conversation",
  erase: "Delete conversation",
  log: "Conversation",
  greeting: (town) =>
    `Hello. I am a computer program. I can tell you about the services ${town ? `of ${town}` : "of the town hall"}: ` +
    "documents, fees, opening hours, appointments.\n\nAsk in your own words, for example: How much is a passport?",

  noticeTitle: "Before you write",
  notice: (days) => [
    "We store what you write here, so that you can continue the conversation later.",
    days
      ? `We delete it after ${days} days. You can delete it yourself at any time.`
      : "It is stored until you delete it.",
    "Please do not give personal details such as names, addresses or file numbers. I do not need them.",
    "Your browser remembers which conversation is yours. The chat does not use cookies.",
  ],
  privacy: "Privacy policy",
  accept: "I understand, continue",

  question: "Your question (please no personal details)",
  hint: "Press Enter to send. Press Shift and Enter for a new line.",
  send: "Send",
  left: (count) => `Characters left: ${count}`,
  excess: (count) => `Characters too many: ${count}`,
  empty: "Please write your question first.",

  citizen: "You",
  bot: "Assistant",
  caseworker: "Town hall",
  system: "Note",
  sending: "Sending …",
  notSent: "Not sent.",
  retry: "Send again",
  discard: "Discard",
  typing: "The assistant is writing …",

  disconnected: "No connection. What you write will be sent as soon as you are connected again.",
  reconnected: "You are connected again.",
  states: {
    bot: "",
    waiting: "Someone from the town hall will join you as soon as possible.",
    human: "You are now writing with a person from the town hall.",
  },
  ended: "The earlier conversation has been deleted.",

  confirmTitle: "Delete conversation?",
  confirmText: "All messages will be deleted, here and at the town hall. You cannot undo this.",
  confirm: "Delete",
  keep: "Keep",
  erased: "Your conversation has been deleted.",
  eraseFailed: "We could not delete your conversation. Please try again in a few minutes.",

  errors: {
    offline: "There is no connection at the moment.",
    too_many_requests: "That was a lot of messages in a short time. Please wait one minute.",
    too_long: "The message is too long. Please shorten it.",
    invalid: "The message contains nothing that I can read.",
    unknown_choice: "This choice is no longer valid. Please write what you would like to know.",
    unavailable: "The assistant is not available at the moment. Please try again in a few minutes.",
  },

  choices: "Choices",
  online: "Do it online",
  validAsOf: "As of",
  offices: (count) => `${count} offices in charge`,
  facets: {
    find: "",
    documents: "Documents",
    fees: "Fees",
    processing_time: "Processing time",
    opening_hours: "Opening hours",
    location: "Address",
    appointment: "Appointment",
    online: "Online",
    eligibility: "Conditions",
    deadline: "Time limits",
    office: "Office in charge",
    legal_basis: "Legal basis",
  },
};

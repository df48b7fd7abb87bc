export default {
  locale: "de-DE",
  title: "Fragen an die Stadt",
  launcher: "Frage stellen",
  unread: (count) => (count === 1 ? "1 neue Nachricht" : `${count} neue Nachrichten`),
  subtitle: "Automatischer Assistent",
  close: "Chat schließen",
  otherLanguage: "English",
  options: "Weitere Möglichkeiten",
  download: "Unterhaltung herunterladen",
  erase: "Unterhaltung löschen",
  log: "Unterhaltung",
  greeting: (town) =>
    `Guten Tag. Ich bin ein Computerprogramm und gebe Auskunft zu den Leistungen ${town ? `von ${town}` : "der Stadt"}: ` +
    "Unterlagen, Gebühren, Öffnungszeiten, Termine.\n\nFragen Sie mit Ihren eigenen Worten, zum Beispiel: Was kostet ein Reisepass?",

  noticeTitle: "Bevor Sie schreiben",
  notice: (days) => [
    "Was Sie hier schreiben, wird gespeichert. So können Sie die Unterhaltung auch später fortsetzen.",
    days
      ? `Nach ${days} Tagen wird sie gelöscht. Sie können sie jederzeit selbst löschen.`
      : "Sie bleibt gespeichert, bis Sie sie löschen.",
    "Bitte nennen Sie keine persönlichen Daten: keine Namen, Adressen oder Aktenzeichen. Ich brauche sie nicht.",
    "Ihr Browser merkt sich, welche Unterhaltung Ihre ist. Cookies setzt der Chat nicht.",
  ],
  privacy: "Datenschutzerklärung",
  accept: "Verstanden, weiter",

  question: "Ihre Frage (bitte ohne persönliche Daten)",
  hint: "Mit der Eingabetaste senden Sie ab. Umschalt und Eingabetaste beginnt eine neue Zeile.",
  send: "Senden",
  left: (count) => `Noch ${count} Zeichen`,
  excess: (count) => `${count} Zeichen zu viel`,
  empty: "Bitte schreiben Sie erst Ihre Frage.",

  citizen: "Sie",
  bot: "Assistent",
  caseworker: "Stadtverwaltung",
  system: "Hinweis",
  sending: "Wird gesendet …",
  notSent: "Nicht gesendet.",
  retry: "Noch einmal senden",
  discard: "Verwerfen",
  typing: "Der Assistent schreibt …",

  disconnected: "Keine Verbindung. Was Sie schreiben, wird gesendet, sobald sie wieder da ist.",
  reconnected: "Die Verbindung ist wieder da.",
  states: {
    bot: "",
    waiting: "Jemand aus der Stadtverwaltung übernimmt, sobald es geht.",
    human: "Sie schreiben jetzt mit einem Menschen aus der Stadtverwaltung.",
  },
  ended: "Die bisherige Unterhaltung ist gelöscht.",

  confirmTitle: "Unterhaltung löschen?",
  confirmText: "Alle Nachrichten werden gelöscht, hier und bei der Stadt. Das lässt sich nicht rückgängig machen.",
  confirm: "Löschen",
  keep: "Behalten",
  erased: "Ihre Unterhaltung ist gelöscht.",
  eraseFailed: "Das Löschen ist nicht gelungen. Bitte versuchen Sie es in ein paar Minuten noch einmal.",

  errors: {
    offline: "Es gibt gerade keine Verbindung.",
    too_many_requests: "Das waren viele Nachrichten in kurzer Zeit. Bitte warten Sie eine Minute.",
    too_long: "Die Nachricht ist zu lang. Bitte kürzen Sie sie.",
    invalid: "Die Nachricht enthält nichts, was ich lesen kann.",
    unknown_choice: "Diese Auswahl gilt nicht mehr. Bitte schreiben Sie, was Sie wissen möchten.",
    unavailable: "Der Assistent ist gerade nicht erreichbar. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
  },

  choices: "Auswahl",
  online: "Online erledigen",
  validAsOf: "Stand:",
  offices: (count) => `${count} zuständige Stellen`,
  facets: {
    find: "",
    documents: "Unterlagen",
    fees: "Gebühren",
    processing_time: "Dauer",
    opening_hours: "Öffnungszeiten",
    location: "Adresse",
    appointment: "Termin",
    online: "Online",
    eligibility: "Voraussetzungen",
    deadline: "Fristen",
    office: "Zuständige Stelle",
    legal_basis: "Rechtsgrundlage",
  },
};

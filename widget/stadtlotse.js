/** Puts <stadtlotse-chat> on the page unless it is there; data-* of the script tag become its attributes. */

import { StadtlotseChat } from "./element.js";

const NAME = "stadtlotse-chat";

if (!customElements.get(NAME)) {
  customElements.define(NAME, StadtlotseChat);
  if (!document.querySelector(NAME)) {
    const chat = document.createElement(NAME);
    const script = [...document.scripts].find(({ src }) => src === import.meta.url);
    for (const [name, value] of Object.entries(script?.dataset ?? {})) {
      chat.setAttribute(name.replace(/[A-Z]/g, "-$&"), value);
    }
    document.body.append(chat);
  }
}

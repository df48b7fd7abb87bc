/** Elements. Text only ever becomes a text node: nothing here parses HTML. */

/**
 * `on…` are listeners; `string` and `label` name strings that localise() fills in; an attribute that is null,
 * undefined or false is left out.
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "string" || key === "label") node.dataset[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child != null && child !== false));
  return node;
}

/** Texts and accessible names in the language of `strings`. */
export function localise(root, strings) {
  for (const node of root.querySelectorAll("[data-string]")) node.textContent = strings[node.dataset.string];
  for (const node of root.querySelectorAll("[data-label]")) {
    node.ariaLabel = strings[node.dataset.label];
    if (node.matches("button, summary")) node.title = node.ariaLabel;
  }
}

const PICTOGRAMS = {
  chat: "M4 4h16v12H9l-5 4zM8 8.5h8M8 12h5",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12h15M13 5.5l6.5 6.5-6.5 6.5",
  more: "M12 5v.5M12 12v.5M12 19v.5",
};

/** A drawing for the eye; the name of the control speaks. */
export function pictogram(name) {
  const create = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = create("svg");
  const path = create("path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  path.setAttribute("d", PICTOGRAMS[name]);
  svg.append(path);
  return svg;
}

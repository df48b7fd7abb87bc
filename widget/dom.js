/** Elements. Text only ever becomes a text node: nothing here parses HTML. */

/** `on…` are listeners; `string` and `label` name what localise() fills in; null, undefined, false are left out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "string" || key === "label") node.dataset[key] = value;
    else if (value != null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child != null && child !== false));
  return node;
}

/** A button that sends no form. */
export const button = (attributes, ...children) => element("button", { type: "button", ...attributes }, children);

/** Texts and accessible names in one language. */
export function localise(root, strings) {
  for (const node of root.querySelectorAll("[data-string]")) node.textContent = strings[node.dataset.string];
  for (const node of root.querySelectorAll("[data-label]")) {
    node.ariaLabel = strings[node.dataset.label];
    if (node.matches("button, summary")) node.title = node.ariaLabel;
  }
}

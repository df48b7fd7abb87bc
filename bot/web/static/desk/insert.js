// Puts prepared texts into the field of the answer.

/** Puts `text` between `start` and `end` as a paragraph of its own, with the cursor behind it.
 *  Returns false, and changes nothing, where the field would hold more than it may. */
export function insertText(field, text, start = field.selectionStart, end = field.selectionEnd) {
  const before = field.value.slice(0, start);
  const after = field.value.slice(end);
  const added = gap(before, /\n{0,2}$/) + text + gap(after, /^\n{0,2}/);
  if (before.length + added.length + after.length > field.maxLength) return false;
  field.setRangeText(added, start, end, "end");
  field.focus();
  return true;
}

/** The line breaks that are still missing on a side on which something stands. */
function gap(beside, breaks) {
  return beside.trim() ? "\n\n".slice(beside.match(breaks)[0].length) : "";
}

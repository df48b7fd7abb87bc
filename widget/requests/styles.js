/** The look of the forms. */

export const stylesheet = new CSSStyleSheet();

stylesheet.replaceSync(`
.written > p, .taken > p, .result > * { margin-top: .6em }
.written label { display: block; margin-bottom: .2em }
.written input { padding: .5em .6em; border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: inherit; font: inherit }
.written :is(textarea, input:not([type="checkbox"])) { width: 100%; min-height: 2.75em }
.written .check { display: flex; align-items: start; gap: .6em }
.check input { flex: none; width: 1.4em; height: 1.4em; margin: .1em 0 0 }
.written [aria-invalid="true"] { border: 2px solid var(--danger) }
.check [aria-invalid="true"] { outline: 2px solid var(--danger); outline-offset: 1px }
.refusal { color: var(--danger); font-weight: 600 }
.result blockquote { margin-inline: 0; padding-inline-start: .8em; border-inline-start: 3px solid var(--edge) }
.taken { padding: .8em; border: 2px solid var(--edge); border-radius: var(--radius) }
`);

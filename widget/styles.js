/**
 * The look. A sheet made in script holds under any Content-Security-Policy; em of the reader's own font size does not
 * shrink with the page's. What a city may set: README.md.
 */

export const stylesheet = new CSSStyleSheet();

stylesheet.replaceSync(`
:host {
  all: initial;
  --accent: var(--stadtlotse-accent, #1f4f7a);
  --on-accent: var(--stadtlotse-on-accent, #fff);
  --link: var(--stadtlotse-link, var(--accent));
  --radius: var(--stadtlotse-radius, 6px);
  --surface: #fff;
  --ground: #f4f5f3;
  --ink: #1c2427;
  --quiet: #535e62;
  --line: #d5dad8;
  --edge: #76827f;
  --own: #e3e9ea;
  --danger: #a11d1d;
  color-scheme: light;
  position: fixed;
  z-index: 2147483000;
  inset: auto 1em 1em auto;
  color: var(--ink);
  font: medium/1.5 var(--stadtlotse-font, system-ui, sans-serif);
}
@media (prefers-color-scheme: dark) {
  :host(:not([scheme="light"])) {
    --link: var(--stadtlotse-link-dark, #a3cbe8);
    --surface: #1c2326;
    --ground: #13181a;
    --ink: #edf0ef;
    --quiet: #b0bab9;
    --line: #3b4648;
    --edge: #8a9795;
    --own: #2b363a;
    --danger: #ff9d95;
    color-scheme: dark;
  }
}
@media print { :host { display: none } }

* { box-sizing: border-box }
[hidden] { display: none !important }
h2, h3, h4, p, ul { margin: 0; padding: 0; font: inherit; overflow-wrap: anywhere }
h2, h3 { font-size: 1.1em; line-height: 1.3 }
h4, .label, .aside, .speaker, .date, .counter, .typing { color: var(--quiet) }
h4, .label, .aside, .speaker, .date, .above, .note, .typing, .state, .title p { font-size: .875em }
.problem, .excess, .failed .note p { color: var(--danger) }
a { color: var(--link) }
a, button, summary { text-underline-offset: .2em }
:is(a, button, summary):hover { text-decoration: underline; text-decoration-thickness: .15em }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
button, textarea, .button { min-height: 2.75em; padding: .5em .9em; border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: inherit; font: inherit; text-align: start }
button, summary { cursor: pointer }
h2, h3, h4, strong, .label, .speaker span, .choice, .excess, .problem, .button, .launcher { font-weight: 600 }
svg { width: 1.5em; height: 1.5em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.button, .launcher, .send { display: inline-flex; align-items: center; gap: .6em; border-color: transparent; background: var(--accent); color: var(--on-accent) }
.icon { display: grid; place-content: center; width: 2.75em; height: 2.75em; padding: 0 }
.actions, .choices { display: flex; flex-wrap: wrap; align-items: center; gap: .5em; list-style: none }
.actions { margin-top: .9em }

.launcher { padding: .8em 1.25em .8em 1em; border: 2px solid var(--on-accent); border-radius: 2em; box-shadow: 0 2px 10px rgb(0 0 0 / .3) }
dialog { position: fixed; inset: auto 1em 1em auto; padding: 0; flex-direction: column; width: 27em; max-width: none; height: 44em; max-height: calc(100dvh - 2em); border: 1px solid var(--edge); border-radius: calc(var(--radius) * 1.5); background: var(--surface); color: inherit; overflow: hidden; box-shadow: 0 8px 32px rgb(0 0 0 / .3) }
dialog[open] { display: flex }
dialog > * { padding: .7em 1em }

header { position: relative; display: flex; align-items: center; padding: .5em .4em .5em 1em; background: var(--accent); color: var(--on-accent) }
header :is(button, summary) { border-color: transparent; background: none }
header :focus-visible { outline-color: currentColor; outline-offset: -3px }
.title { flex: 1; line-height: 1.25 }
.language { padding: .5em; text-decoration: underline }
summary::-webkit-details-marker { display: none }
.menu { position: absolute; z-index: 1; top: 3.5em; right: .5em; display: grid; padding: .4em; border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: var(--ink) }

dialog > .standing { display: flex; align-items: center; padding: 0; background: var(--own) }
.state { flex: 1; padding: .7em 1em; overflow-wrap: break-word }
.exit { margin: .4em 1em }
.human { padding: 0; border: 0; background: none; text-decoration: underline }
.log, .typing { background: var(--ground) }
.log { position: relative; flex: 1; min-height: 6em; padding: 1em; overflow-y: auto; overscroll-behavior: contain }
.log:focus-visible { outline-offset: -3px }
.message { max-width: 24em; margin-bottom: 1.1em; scroll-margin: .75em }
.speaker { margin-bottom: .2em }
.bubble { width: fit-content; max-width: 100%; padding: .7em .9em; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); overflow-wrap: anywhere; hyphens: auto }
.bubble > * + *, .bubble div > * + * { margin-top: .6em }
.bubble h4 + * { margin-top: .1em }
.citizen { margin-inline-start: auto; width: fit-content; max-width: 85% }
.citizen .speaker { text-align: end }
.citizen .bubble { margin-inline-start: auto; border-color: transparent; background: var(--own); hyphens: manual }
.waiting .bubble, .system .bubble { border: 1px dashed var(--edge) }
.failed .bubble { border-color: var(--danger) }
.note button { margin: .4em .4em 0 0 }
.bubble ul:not([class]), .terms { padding-inline-start: 1.2em }
.terms { margin-top: .5em; line-height: 1.4 }
.terms li + li, .bubble li + li { margin-top: .25em }

.bubble > p + .card { padding-top: .7em; border-top: 1px solid var(--line) }
.missing { padding-inline-start: .8em; border-inline-start: 3px solid var(--edge) }
.bubble .office > * + * { margin-top: .15em }
.plain { list-style: none }
.plain li { padding-top: .7em }
.card summary { padding: .4em 0; color: var(--link) }
.bubble .choices li { margin: 0; max-width: 100% }
.choice { border-color: var(--link); color: var(--link) }

.feedback { margin-top: .2em; font-size: .875em }
.feedback :is(form, q) { display: block; margin-top: .3em; scroll-margin: .75em }
.feedback textarea { width: 100% }
[aria-pressed], q { color: var(--quiet) }
[aria-pressed] { min-height: 2em; margin-inline-end: 1em; padding: 0; border: 0; background: none; text-decoration: underline }
[aria-pressed="true"] { color: var(--ink); font-weight: 600; text-decoration: none }
[aria-pressed="true"]::before { content: "✓ " / "" }
@media (hover) {
  .message:not(:nth-last-child(-n + 3), :hover, :focus-within) [aria-pressed="false"] { opacity: 0 }
}

.notice, .confirm { max-height: 62%; overflow-y: auto }
.notice, .confirm, .composer { border-top: 1px solid var(--line) }
.danger { background: #a11d1d; color: #fff }
.problem { padding-bottom: 0 }
:is(.state, .typing, .problem):empty { padding: 0; border: 0 }
.above { display: flex; flex-wrap: wrap; justify-content: space-between; margin-bottom: .3em }
.row { display: flex; align-items: end; gap: .5em }
textarea { flex: 1; min-width: 0; max-height: 9em; resize: none; field-sizing: content }

@media (max-width: 30em), (max-height: 30em) {
  dialog { inset: 0; width: 100%; height: var(--seen, 100dvh); max-height: none; border: 0; border-radius: 0 }
  .message { max-width: 100% }
}
@media (max-height: 25em) {
  dialog[open] { display: block; overflow-y: auto }
  .log { overflow: visible }
  .notice, .confirm { max-height: none }
}
@media (forced-colors: active) {
  .bubble, .button, .send { border: 1px solid }
}
`);

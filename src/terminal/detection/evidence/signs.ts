/** Signs and lines that all agents draw alike. */

/** What precedes the text of an input, or the echo of what was typed at it. */
export const PROMPT =
  /^(?:\( ?[Oo0o] ?\)|[a-z]{2,12}(?=[>❯›»])|[a-z][a-z-]{1,20} (?=[>❯›»]\s*$))?[>❯›❭»→!#$*●⟩λ](?:\s|$)(?!\s*\d{1,2}[.)] )/u;

/** A line across: `────`, `▄▄▄▄`, also with words in it (`── Working ────`). */
const LINE = /^\s*(?:[─━═▀▄▔▁▂╌┄]{4,}|[─━═]{1,6} \S.{0,100} [─━═]{2,}|\S.{0,60} [─━═]{8,})\s*$/u;

export const isLine = (text: string): boolean => LINE.test(text);

/** Signs in front of a message, a tool call or its result: such a row belongs to the transcript, to no input. */
export const SPEECH = /^\s*(?:[●⏺•✦◆◇⛬⎿└↳✓✔✗✘✖✕×❌■▣△⚠ℹ✻✶✢✳✽·∴⬢◈✱]\uFE0E?\uFE0F?)(?:\s|$)/u;

/** Signs of something that went wrong. */
export const FAILED = /^(?:[✕✗✘✖×❌⨯■⚠△⛔🚫🖐✋⊗⊘‼!]\uFE0E?\uFE0F?|\[?!\]?)\s*/u;

/** Signs that turn while an agent works. */
export const SPINNER = /^[\u2801-\u28FF◐◓◑◒◴◷◶◵◜◝◞◟◡⊙◉◎○●✢✳✶✻✽✦✧✱·∗*+⋯⬝▪▫■□◆◇◈⣾|/-]+\uFE0E?\uFE0F?$/u;

/** A sign that turns in place of the prompt while the agent works. */
export const TURNS_FOR_PROMPT = /^[•∙◦\u2801-\u28FF◐◓◑◒✢✳✶✻✽]\uFE0E?$/u;

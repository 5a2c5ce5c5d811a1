import type { Row } from '../screen/rows.ts';
import { hintsOf } from './hints.ts';

/** Signs that turn, and are drawn for nothing else. */
const TURNING = String.raw`(?:[\u2801-\u28FF]{1,4}|[◐◓◑◒◴◷◶◵◜◝◞◟◡⋯🌑-🌘🕐-🕧⏳]|[⬝▪▫■□]{3,}|\[[-=<>. ]{3,}\]|\((?= *[●•] *\))[ ●•]{3,}\)|[░▒▓█]{2,})\uFE0E?\uFE0F?`;
/** Signs that turn, and stay where a turn has ended: `✻ Brewed for 3s`. */
const STARS = String.raw`[✢✳✶✻✽✱∗]\uFE0E?`;
const GERUND = String.raw`\p{Lu}\p{L}*ing\b`;
const TIMER = String.raw`(?:\d+m ?)?\d+(?:\.\d)?s\b`;

const ACTIVITIES = [
  // A turning sign with what is done, how long it takes, or dots.
  new RegExp(
    String.raw`^\s*${TURNING}\s+(?:${GERUND}|\S.*(?:…|\.\.\.|${TIMER}|\[stop\])|\p{Lu}\p{L}+$)`,
    'u',
  ),
  new RegExp(String.raw`^\s*${STARS}\s+(?:${GERUND}|\S.{0,120}(?:…|\.\.\.)(?:\s*\(|$))`, 'u'),
  // Only a timer or dots behind a gerund distinguish these signs from those of a message or of a list.
  new RegExp(String.raw`^\s*[·*.●•◉○◆◇✦→>⏳-]\uFE0E?\s+${GERUND}.{0,80}\(.{0,40}${TIMER}`, 'u'),
  // The phases of the moon turn, and mark nothing else.
  /^\s*[🌑-🌘](?:\s|$)/u,
  new RegExp(String.raw`^\s*·\s+${GERUND}(?:…|\.\.\.)`, 'u'),
  // Words alone, with dots at their end or a timer.
  new RegExp(
    String.raw`^\s*(?:Working|Thinking|Processing|Generating|Responding|Loading|Running|Streaming|Reasoning|Pondering|Planning|Waiting(?: for (?:the )?(?:response|model))?)(?: \S+){0,2}\s?(?:…|\.\.\.)(?:\s*\(.*\)|\s+${TIMER}.*)?$`,
    'u',
  ),
  new RegExp(String.raw`^\s*${GERUND}.{0,40}(?:…|\.\.\.).{0,10}${TIMER}`, 'u'),
  new RegExp(String.raw`^\s*${GERUND}.{0,80}\s\(${TIMER}\)$`, 'u'),
  /^[─━═]{1,6} [\u2801-\u28FF◐◓◑◒] /u,
];
/** What still goes on after the agent has yielded. */
const WAITS =
  /\bwaiting (?:on|for) (?:[1-9]\d* .{2,80}?)to finish\b|\b[1-9]\d* (?:commands?|subagents?) still running\b|\bwaiting (?:on|for) (?:[1-9]\d* )?(?:background )?subagents?\b/iu;

/** Whether a row says that the agent is at work right now: a turning sign, a timer, a hint how to stop it. */
export function isActivity(row: Row): boolean {
  if (row.blank || !MAY_BE_ACTIVITY.test(row.inner)) return false;
  const found =
    known.get(row) ??
    (ACTIVITIES.some((pattern) => pattern.test(row.inner)) || WAITS.test(row.inner) || hasStopHint(row));
  known.set(row, found);
  return found;
}

/** Most rows have neither a sign that turns nor dots, a timer or a key. */
const MAY_BE_ACTIVITY =
  /[\u2801-\u28FF◐-◓◴-◷◜-◟◡⋯🌑-🌘🕐-🕧⏳⬝▪▫■□✢✳✶✻✽✱∗…]|\.\.\.|\ds\b|\[[-=<>. ]{3}|\([ ●•]{3}|[░▒▓]|esc|⎋|ctrl|control|\^c|waiting|running/iu;
const known = new WeakMap<Row, boolean>();

function hasStopHint(row: Row): boolean {
  const hints = hintsOf(row);
  return (
    hints.has('stop') && !hints.has('take') && BRACKETED.test(row.inner) && !IN_A_SENTENCE.test(row.inner)
  );
}

/** Prose names keys, too; the status of a turn has them in brackets or apart from its words. */
const BRACKETED = /[([·•|].*\b(?:esc|ctrl|escape)\b|\s{2,}.*\b(?:esc|ctrl)\b|^\s*(?:press )?(?:esc|ctrl)\b/iu;
/** A sentence ends, or goes on, behind the bracket that names the key. */
const IN_A_SENTENCE = /\w[^(]*\([^()]*\b(?:esc|ctrl|escape)\b[^()]*\)[.,;:!?](?:\s|$)/iu;

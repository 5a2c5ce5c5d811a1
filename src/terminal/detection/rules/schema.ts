import Type, { type Static } from 'typebox';
import { count, oneOf, text } from '../../../lib/shapes.ts';
import { PLAIN_VERSION } from '../../../lib/text/versions.ts';
import { dialogKinds } from '../dialogs/dialog.ts';
import { hintKinds } from '../evidence/hints.ts';

/**
 * What a rule may conclude from a screen. `limit_warning` and `retrying` only annotate; `overage` is a limit with a
 * paid offer.
 */
export const yieldWords = [
  'working',
  'idle',
  'question',
  'approval',
  'limit',
  'overage',
  'error',
  'exited',
  'limit_warning',
  'retrying',
] as const;

export const regionPattern = '^(screen|above|box|below|turn|live|message|dialog|title|bottom:[1-9]\\d{0,2})$';

const Region = Type.String({ pattern: regionPattern });

const Style = Type.Object(
  {
    bold: Type.Optional(Type.Boolean()),
    dim: Type.Optional(Type.Boolean()),
    italic: Type.Optional(Type.Boolean()),
    inverse: Type.Optional(Type.Boolean()),
    fg: Type.Optional(Type.String()),
    bg: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

const Condition = Type.Object(
  {
    region: Type.Optional(Region),
    /** Regex on one row, tried as drawn and without its side borders. */
    line: Type.Optional(Type.String()),
    /** Regex on the region's text with all whitespace collapsed to single spaces, so that wrapping does not matter. */
    text: Type.Optional(Type.String()),
    /** Literal, case-insensitive, on the same text as `text`. */
    contains: Type.Optional(Type.String()),
    /** True: the agent's last message ends by asking its reader something. */
    asks: Type.Optional(Type.Literal(true)),
    /** Regex on the text of a block from its opening sign on: what the agent says first, not what prose mentions. */
    opens: Type.Optional(Type.String()),
    /** Of `opens`: the block has a sign, a colour or a first word that says that something failed. */
    failed: Type.Optional(Type.Literal(true)),
    /** A row names a key that does this. */
    hint: Type.Optional(Type.Union(hintKinds.map((kind) => Type.Literal(kind)))),
    /** True: a row says that the agent is at work: a turning sign, a timer, a key that stops it. */
    activity: Type.Optional(Type.Literal(true)),
    /** The open dialog waits for a decision about what the agent may do, or for an answer. */
    dialog: Type.Optional(Type.Union(dialogKinds.map((kind) => Type.Literal(kind)))),
    /** Only the last n rows of the region that are not chrome. */
    within: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    /** The style that the matching row must have; not checked where attributes are unknown. */
    style: Type.Optional(Style),
  },
  { additionalProperties: false },
);

const Rule = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    disabled: Type.Optional(Type.Boolean()),
    yields: Type.Optional(oneOf(yieldWords)),
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 2000 })),
    region: Type.Optional(Region),
    box: Type.Optional(Type.Union([Type.Literal('present'), Type.Literal('absent')])),
    when: Type.Optional(Type.Array(Condition, { minItems: 1 })),
    any: Type.Optional(Type.Array(Condition, { minItems: 1 })),
    unless: Type.Optional(Type.Array(Condition, { minItems: 1 })),
    superseded_by: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    startup: Type.Optional(Type.String()),
    question: Type.Optional(Type.String()),
    resets: Type.Optional(Type.String()),
    /** Of a `limit_warning`: the work goes on and is paid by the use. */
    paid: Type.Optional(Type.Literal(true)),
    /** Of a limit: the agent waits for the reset and goes on by itself. */
    continues_itself: Type.Optional(Type.Literal(true)),
    /** Of work: its sign does not move while the work goes on. */
    still: Type.Optional(Type.Literal(true)),
    /** Of a menu: the key, by tmux's name, that closes it and chooses nothing. None that takes an entry: it may cost money. */
    safe_key: Type.Optional(
      Type.String({ pattern: '^(?!(?:KP)?Enter$|Space$|C-[jm]$)[A-Z][A-Za-z-]{0,19}$' }),
    ),
    seen: Type.Optional(Type.Array(Type.String())),
    why: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

const Box = Type.Object(
  {
    name: Type.String(),
    /** The row above, part of the box. */
    top: Type.Optional(Type.String()),
    /** What the row above must match without being part of the box. */
    follows: Type.Optional(Type.String()),
    prompt: Type.String(),
    inside: Type.Optional(Type.String()),
    bottom: Type.Optional(Type.String()),
    open: Type.Optional(Type.Boolean()),
    never_above: Type.Optional(Type.String()),
    /** A row below it that no dialog has: with it, `never_above` does not count, whatever a status line says. */
    sure_above: Type.Optional(Type.String()),
    rows_below: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

const Patterns = Type.Array(Type.String());

const Layout = Type.Object(
  {
    boxes: Type.Optional(Type.Array(Box)),
    echo: Type.Optional(Patterns),
    speech: Type.Optional(Patterns),
    tool: Type.Optional(Patterns),
    turn_end: Type.Optional(Patterns),
    chrome: Type.Optional(Patterns),
  },
  { additionalProperties: false },
);

export const RuleFile = Type.Object(
  {
    provider: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    /** The versions of the agent that these rules were tried with, oldest first. */
    versions: Type.Optional(Type.Array(Type.String({ pattern: PLAIN_VERSION }))),
    /** The agent that this one is a fork of: its rules and layout come first, and those of this file lie over them. */
    base: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' })),
    /** In words, where the rules are of no single agent. Only people read it. */
    seen: Type.Optional(Type.Array(Type.String())),
    why: Type.Optional(Type.String()),
    layout: Type.Optional(Layout),
    rules: Type.Array(Rule),
  },
  { additionalProperties: false },
);

export type RuleFile = Static<typeof RuleFile>;
export type RuleSource = Static<typeof Rule>;
export type ConditionSource = Static<typeof Condition>;
export type BoxSource = Static<typeof Box>;
export type LayoutSource = Static<typeof Layout>;
export type StyleSource = Static<typeof Style>;
export type YieldWord = (typeof yieldWords)[number];

/** What is wrong with a rule file, and where. */
export const RuleProblem = Type.Object(
  { file: text, line: count, rule: Type.Optional(text), what: text },
  { title: 'RuleProblem' },
);
export type RuleProblem = Static<typeof RuleProblem>;

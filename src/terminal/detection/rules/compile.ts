import { errorMessage } from '../../../lib/errors.ts';
import { RulePattern } from './rule-pattern.ts';
import {
  type BoxShape,
  type Condition,
  defaultPriority,
  type Layout,
  type Rule,
  type RuleSet,
} from './rule-set.ts';
import type { BoxSource, ConditionSource, LayoutSource, RuleFile, RuleSource } from './schema.ts';
import { backtracks, UsersPattern } from './users-pattern.ts';

/** What `neededWords` has found, by the pattern as it is in the file. Only a file that the build has checked has them. */
export type NeededWords = Readonly<Record<string, readonly string[]>>;

export interface LoadedFile {
  path: string;
  content: RuleFile & { words?: NeededWords };
  /** Whether a user wrote it: then its patterns may take only so long. */
  isUsers?: boolean;
  /** Whether a pattern that backtracks without end is a problem of the file; to try them takes milliseconds each. */
  isTried?: boolean;
}

/** A pattern that does not compile, or a rule that lacks a field. `path` leads to it inside the file. */
export class PatternProblem extends Error {
  readonly path: (string | number)[];
  readonly rule: string | undefined;

  constructor(message: string, path: (string | number)[], rule?: string) {
    super(message);
    this.path = path;
    this.rule = rule;
  }
}

type KeyPath = (string | number)[];

/** Merges the files, the last one on top, and compiles the result. */
export function compileFile(provider: string, layers: LoadedFile[]): RuleSet {
  const rules = new Map<string, Rule>();
  const layout: Layout = { boxes: [], echo: [], speech: [], tool: [], turnEnd: [], chrome: [] };
  let isUsers = false;
  for (const file of layers) {
    const { path, content } = file;
    const compiled = compilerOf(file);
    if (content.layout) Object.assign(layout, compileLayout(content.layout, compiled));
    content.rules.forEach((source, index) => {
      if (source.disabled) rules.delete(source.name);
      else rules.set(source.name, compileRule(source, path, ['rules', index], compiled));
    });
    isUsers ||= file.isUsers ?? false;
  }
  return { provider, layout, rules: [...rules.values()], ...(isUsers ? { isUsers } : {}) };
}

const ENDLESS =
  'the pattern backtracks without end on a text that it nearly matches: write it without a repetition inside a repetition';

/** Compiles one pattern, which is at `path` in the file. */
type Compile = (source: string, path: KeyPath, rule?: string, more?: string) => RulePattern;

function compilerOf({ path: file, content, isUsers = false, isTried = false }: LoadedFile): Compile {
  const { words } = content;
  return (source, path, rule, more = '') => {
    const { text, ignoresCase } = withoutMark(source);
    const compiled = () => new RegExp(text, `${flagsFor(text, { ignoresCase, isUsers })}${more}`);
    if (words && !isUsers) return RulePattern.lazily(compiled, { words: words[source] ?? null, ignoresCase });
    try {
      const pattern = compiled();
      if (!isUsers) return RulePattern.of(pattern);
      const users = UsersPattern.at(pattern, rule ? `${file}: rule ${rule}` : file);
      if (isTried && backtracks(users)) throw new Error(ENDLESS);
      return RulePattern.of(users);
    } catch (error) {
      throw new PatternProblem(errorMessage(error), path, rule);
    }
  };
}

/** A pattern of a file, and whether its mark says that it ignores case. */
export function withoutMark(source: string): { text: string; ignoresCase: boolean } {
  const ignoresCase = source.startsWith('(?i)');
  return { text: ignoresCase ? source.slice(4) : source, ignoresCase };
}

/** What is read otherwise without the flag `u`: properties, letters beyond ASCII, and how often any character may come. */
const NEEDS_UNICODE = /\\[pP]\{|\\u\{|[\u0080-\u1fff\u2c00-\ufe00]|(?:\.|\\[DSW]|\[\^(?:\\.|[^\]\\])*\])\{/;

/** Of our own patterns that ignore case, most mean the same without `u`, and V8 compiles them in a fifth of the time. */
export const flagsFor = (
  text: string,
  { ignoresCase, isUsers }: { ignoresCase: boolean; isUsers: boolean },
) => (ignoresCase ? (isUsers || NEEDS_UNICODE.test(text) ? 'iu' : 'i') : 'u');

function compileLayout(source: LayoutSource, regex: Compile): Partial<Layout> {
  const list = (key: 'echo' | 'speech' | 'tool' | 'turn_end' | 'chrome') =>
    source[key]?.map((pattern, index) => regex(pattern, ['layout', key, index]));
  const parts: Partial<Layout> = {};
  const boxes = source.boxes?.map((box, index) => compileBox(box, ['layout', 'boxes', index], regex));
  if (boxes) parts.boxes = boxes;
  for (const key of ['echo', 'speech', 'tool', 'chrome'] as const) {
    const patterns = list(key);
    if (patterns) parts[key] = patterns;
  }
  const turnEnd = list('turn_end');
  if (turnEnd) parts.turnEnd = turnEnd;
  return parts;
}

// A composer has a line or two of status below it. With a screenful of text below, it is only quoted in the transcript.
const FOOTER_ROWS = 12;

function compileBox(box: BoxSource, path: KeyPath, regex: Compile): BoxShape {
  return {
    name: box.name,
    prompt: regex(box.prompt, [...path, 'prompt']),
    ...(box.top ? { top: regex(box.top, [...path, 'top']) } : {}),
    ...(box.follows ? { follows: regex(box.follows, [...path, 'follows']) } : {}),
    ...(box.inside ? { inside: regex(box.inside, [...path, 'inside']) } : {}),
    ...(box.bottom ? { bottom: regex(box.bottom, [...path, 'bottom']) } : {}),
    ...(box.never_above ? { neverAbove: regex(box.never_above, [...path, 'never_above']) } : {}),
    ...(box.sure_above ? { sureAbove: regex(box.sure_above, [...path, 'sure_above']) } : {}),
    open: box.open ?? false,
    rowsBelow: box.rows_below ?? FOOTER_ROWS,
  };
}

function compileRule(source: RuleSource, file: string, path: KeyPath, regex: Compile): Rule {
  const { name } = source;
  if (!source.yields) throw new PatternProblem('yields is missing: name what the screen means', path, name);
  if (!source.when && !source.any)
    throw new PatternProblem('when or any is missing: the rule would match every screen', path, name);
  const conditions = (key: 'when' | 'any' | 'unless') =>
    (source[key] ?? []).map((condition, index) =>
      compileCondition(condition, [...path, key, index], name, regex),
    );
  return {
    name,
    file,
    yields: source.yields,
    priority: source.priority ?? defaultPriority[source.yields],
    region: source.region ?? 'above',
    when: conditions('when'),
    any: conditions('any'),
    unless: conditions('unless'),
    supersededBy: (source.superseded_by ?? []).map((pattern, index) =>
      regex(pattern, [...path, 'superseded_by', index], name),
    ),
    seen: source.seen ?? [],
    why: source.why ?? '',
    ...(source.box ? { box: source.box } : {}),
    ...(source.paid ? { paid: source.paid } : {}),
    ...(source.continues_itself ? { continuesItself: source.continues_itself } : {}),
    ...(source.still ? { still: source.still } : {}),
    ...(source.safe_key ? { safeKey: source.safe_key } : {}),
    ...(source.startup ? { startup: source.startup } : {}),
    ...(source.question ? { question: regex(source.question, [...path, 'question'], name) } : {}),
    ...(source.resets ? { resets: regex(source.resets, [...path, 'resets'], name) } : {}),
  };
}

const TESTS = ['line', 'text', 'contains', 'asks', 'opens', 'hint', 'activity', 'dialog'] as const;

function compileCondition(source: ConditionSource, path: KeyPath, rule: string, regex: Compile): Condition {
  const tests = TESTS.filter((key) => source[key] !== undefined);
  if (tests.length !== 1)
    throw new PatternProblem(`a condition has exactly one of ${TESTS.join(', ')}`, path, rule);
  const place = {
    ...(source.region ? { region: source.region } : {}),
    ...(source.within ? { within: source.within } : {}),
  };
  if (source.asks) return { ...place, test: { kind: 'asks' } };
  if (source.activity) return { ...place, test: { kind: 'activity' } };
  if (source.hint) return { ...place, test: { kind: 'hint', does: source.hint } };
  if (source.dialog) return { ...place, test: { kind: 'dialog', waitsFor: source.dialog } };
  if (source.opens !== undefined) {
    const pattern = regex(source.opens, [...path, 'opens'], rule);
    return { ...place, test: { kind: 'opens', pattern, failed: source.failed ?? false } };
  }
  if (source.line !== undefined) {
    const pattern = regex(source.line, [...path, 'line'], rule);
    return { ...place, test: { kind: 'line', pattern, ...(source.style ? { style: source.style } : {}) } };
  }
  // Global, because the lowest of several matches is the one that counts.
  const literal = source.contains?.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const pattern =
    literal === undefined
      ? regex(source.text ?? '', [...path, 'text'], rule, 'g')
      : RulePattern.of(new RegExp(literal, 'giu'));
  return { ...place, test: { kind: 'text', pattern } };
}

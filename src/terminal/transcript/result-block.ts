/** A worker's report on its own work. Lists are empty where it wrote "none" or nothing. */
export interface WorkerResult {
  summary: string;
  findings: string[];
  files_inspected: string[];
  files_changed: string[];
  commands_run: string[];
  tests_run: string[];
  blockers: string[];
  /** 'low', 'medium' or 'high' where the worker used one of these words, else its own; '' when it gave none. */
  confidence: string;
  /** Other sections, by their heading. */
  other: Record<string, string>;
  /** The block's lines as they were found, markers included, without the word of the session. */
  raw: string;
}

/** The known lists by heading, and the unit of an item where the worker wrote no bullets. */
const LISTS = {
  findings: { key: 'findings', unbulleted: 'paragraph' },
  'files inspected': { key: 'files_inspected', unbulleted: 'path' },
  'files changed': { key: 'files_changed', unbulleted: 'path' },
  'commands run': { key: 'commands_run', unbulleted: 'line' },
  'tests run': { key: 'tests_run', unbulleted: 'line' },
  blockers: { key: 'blockers', unbulleted: 'paragraph' },
} as const;
type List = (typeof LISTS)[keyof typeof LISTS];

/** A heading with the lines below it; `name` is in lower case for a known section. */
interface Section {
  name: string;
  lines: string[];
}

/** The sections between the markers; null when none of them is known (prose that only names the markers). */
export function parseResult(body: readonly string[], raw: string): WorkerResult | null {
  const sections = splitSections(body.map(unframe));
  if (!sections.some((section) => isKnown(section.name))) return null;

  const linesOf = (name: string) =>
    sections.filter((section) => section.name === name).flatMap(({ lines }) => lines);
  const lists = Object.entries(LISTS).map(([name, list]) => [
    list.key,
    items(linesOf(name), list.unbulleted),
  ]);
  return {
    summary: prose(linesOf('summary')),
    ...(Object.fromEntries(lists) as Record<List['key'], string[]>),
    confidence: confidenceWord(prose(linesOf('confidence'))),
    other: Object.fromEntries(
      sections
        .filter(({ name }) => name && !isKnown(name))
        .map(({ name, lines }) => [name, lines.join('\n').trim()]),
    ),
    raw,
  };
}

function isKnown(name: string): boolean {
  return name === 'summary' || name === 'confidence' || Object.hasOwn(LISTS, name);
}

/** A line without the box or the quote mark around it, and without trailing blanks. */
function unframe(line: string): string {
  return line.replace(/^(\s*[│┃║▌▐▏⎿>|])?\s*/u, '').replace(/[\s│┃║▌▐▏|]*$/u, '');
}

// `Summary: ...`, `## Summary`, `**Summary:** ...`, `__Summary__:`. Capitalised, four words at most.
const HEADING =
  /^(?<hashes>#{1,6}\s+)?(?<open>[*_]{0,2})(?<name>\p{Lu}[\p{L} -]*)(?<colon>:?)\k<open>(?<after>:?)\s*(?<rest>.*)$/u;
const BULLET = /^(?:[-*+•●◦▪‣·–—]|\d{1,3}[.)])(?:\s+|$)/u;

function splitSections(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  // In `- Summary: ...` the bullet belongs to the heading, but `- Blockers: see below` may be a finding: only a block
  // that opens with a bullet has bulleted headings.
  const bulleted = BULLET.test(lines.find((line) => line !== '') ?? '');
  let above = '';
  for (const line of lines) {
    const heading = headingOf(bulleted ? line.replace(BULLET, '') : line, above === '');
    if (heading) sections.push({ name: heading.name, lines: heading.rest ? [heading.rest] : [] });
    else sections.at(-1)?.lines.push(line);
    above = line;
  }
  return sections;
}

/**
 * A known name needs its colon, or the line to itself. An unknown one could be wrapped prose ("Note: ..."), so it also
 * needs Markdown, an empty line above, or nothing after its colon.
 */
function headingOf(line: string, afterEmptyLine: boolean): { name: string; rest: string } | null {
  const { hashes, open, name = '', colon, after, rest = '' } = HEADING.exec(line)?.groups ?? {};
  const title = name.trim();
  const hasColon = Boolean(colon || after);
  const markdown = Boolean(hashes || open);
  if (isKnown(title.toLowerCase()) && (hasColon || rest === '')) return { name: title.toLowerCase(), rest };
  if (title === '' || title.split(' ').length > 4) return null;
  if (markdown ? hasColon || rest === '' : hasColon && (rest === '' || afterEmptyLine))
    return { name: title, rest };
  return null;
}

function prose(lines: readonly string[]): string {
  return lines
    .map((line) => line.replace(BULLET, ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function items(lines: readonly string[], unbulleted: List['unbulleted']): string[] {
  const found = lines.some((line) => BULLET.test(line))
    ? bulletedItems(lines)
    : unbulletedItems(lines, unbulleted);
  return found.map((item) => item.replace(/^`([^`]+)`$/, '$1').trim()).filter((item) => !isNothing(item));
}

/** A line without a bullet continues the item above: the terminal or the worker wrapped it. */
function bulletedItems(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines.filter((line) => line !== '')) {
    if (BULLET.test(line) || found.length === 0) found.push(line.replace(BULLET, ''));
    else found.push(`${found.pop()} ${line}`);
  }
  return found;
}

function unbulletedItems(lines: readonly string[], unbulleted: List['unbulleted']): string[] {
  if (unbulleted === 'line') return [...lines];
  if (unbulleted === 'path') return lines.flatMap((line) => line.split(/,\s+/));
  return lines
    .join('\n')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '));
}

function isNothing(item: string): boolean {
  return /^[(*_`]*(?:none|nothing|n\/a|nil|[-–—]?)[)*_`.]*$/i.test(item);
}

function confidenceWord(text: string): string {
  const bare = text.replace(/^[*_`]+|[*_`.]+$/g, '');
  return /^(low|medium|high)\b/i.exec(bare)?.[1]?.toLowerCase() ?? bare;
}

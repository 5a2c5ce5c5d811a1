import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { errorMessage } from '../../lib/errors.ts';
import type { Problem, Segments } from './problems.ts';

/** A YAML text that holds one tree of plain values, with the positions of its parts. */
export interface ConfigDocument {
  value: unknown;
  /** The position of the value, or of its key with `part: 'key'`; that of the nearest ancestor if the file omits it. */
  place(segments: Segments, part?: 'key' | 'value'): { line: number; column: number };
}

/** Parses the text. Returns syntax errors as problems with line and column; never throws. */
export function readDocument(text: string): ConfigDocument | Problem[] {
  const deep = tooDeep(text);
  if (deep) return [deep];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: Math.max(col, 1) };
  };

  const faults = [...document.errors, ...document.warnings, ...brokenAliases(document)];
  if (faults.length > 0) {
    return faults.map((fault) => syntaxProblem(fault.code, fault.message, at(fault.pos[0])));
  }
  try {
    const value: unknown = document.toJS();
    return { value, place: (segments, part = 'value') => at(offsetOf(document, segments, part)) };
  } catch (error) {
    // An alias that expands to thousands of others fails here ('Excessive alias count').
    return [syntaxProblem('', errorMessage(error), at(0))];
  }
}

/** The parser is recursive: 20,000 open brackets crashed the process. No real config nests deeper than this. */
const DEEPEST = 60;

function tooDeep(text: string): Problem | undefined {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    for (const character of line) {
      if (character === '[' || character === '{') open++;
      else if ((character === ']' || character === '}') && open > 0) open--;
    }
    const indent = /^[\s?:-]*/.exec(line)?.[0].length ?? 0;
    if (open > DEEPEST || indent > 4 * DEEPEST) {
      const fix = `Keep it below ${DEEPEST} levels`;
      return {
        severity: 'error',
        path: '',
        line: index + 1,
        column: 1,
        message: 'it is nested too deeply',
        fix,
      };
    }
  }
  return undefined;
}

interface Fault {
  code: string;
  message: string;
  pos: readonly number[] | readonly [number, number];
}

/** Aliases without an anchor, and aliases inside their own target: toJS would throw, or build a cycle. */
function brokenAliases(document: Document): Array<Fault & { pos: [number, number] }> {
  const broken: Array<Fault & { pos: [number, number] }> = [];
  visit(document, {
    Alias(_, alias) {
      const start = alias.range?.[0] ?? 0;
      const source = alias.resolve(document);
      const [from, to] = source?.range ?? [0, -1];
      const ring = start >= from && start < to;
      if (source && !ring) return;
      const reason = source ? 'contains itself' : 'has no anchor before it';
      broken.push({
        code: 'BAD_ALIAS',
        message: `the alias *${alias.source} ${reason}`,
        pos: [start, start + 1],
      });
    },
  });
  return broken;
}

const SYNTAX_FIXES: Record<string, string> = {
  TAB_AS_INDENT: 'Use spaces, two a level',
  BAD_INDENT: 'Line the keys of one level up, two spaces a level; close every bracket and quote',
  DUPLICATE_KEY: 'Keep one of the two',
  MULTIPLE_DOCS: 'Remove the line ---: this file is one document',
  MISSING_CHAR: 'Close every bracket and quote, and put a colon after the key',
  BAD_DQ_ESCAPE: 'Use single quotes, or double the backslash: \'\\d\' or "\\\\d"',
  TAG_RESOLVE_FAILED: 'Remove the tag: only plain values are read',
  BAD_ALIAS: 'Write the value out',
};

function syntaxProblem(code: string, message: string, at: { line: number; column: number }): Problem {
  const said =
    code === 'MULTIPLE_DOCS' ? 'there is more than one document in it' : message.replace(/\.$/, '');
  const fix = SYNTAX_FIXES[code] ?? 'Put quotes around text with : # { } [ ] , & * ! | > % @ in it';
  return { severity: 'error', path: '', ...at, message: said, fix };
}

function offsetOf(document: Document, segments: Segments, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [index, segment] of segments.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(segment)];
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(segment));
      if (!pair) return offset;
      const wantsKey = part === 'key' && index === segments.length - 1;
      // A key without a value ('policy:') has a position only through its key.
      if (wantsKey || !isNode(pair.value) || isEmpty(pair.value)) return startOf(pair.key);
      node = pair.value;
    } else {
      return offset;
    }
    offset = startOf(node) || offset;
  }
  return offset;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null && !node.source;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

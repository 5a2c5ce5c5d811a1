/**
 * Takes secrets out of text before it is stored. A secret is found by its own letters (tokens, private keys) or by what
 * stands before it (headers, URLs, `name = value`), also where a terminal has cut it over rows. Each row of a secret
 * becomes `[redacted:<rule>]`; nothing else of the text changes, and it keeps its number of lines.
 *
 * Own rules: the scanners of the field look at files, not at screens. They see no secret that a TUI has cut over rows,
 * answer asynchronously, and miss some of the kinds that coding agents show.
 */
import { isCredentialName } from './assignments.ts';
import type { Finding } from './detector.ts';
import { firstOpenRow, scan } from './scan.ts';
import type { View } from './view.ts';
import { rowAt, viewOf } from './view.ts';

const mark = (rule: string) => `[redacted:${rule}]`;

/** The text without its secrets. Idempotent; time grows with the length of the text. */
export function redact(text: string): string {
  const view = viewOf(text);
  return applied(text, view, scan(view).findings);
}

export function containsSecret(text: string): boolean {
  return scan(viewOf(text)).findings.length > 0;
}

/**
 * A JSON value without secrets in its strings and keys. A string under a key that names a credential (`password`,
 * `api_key`, `accessToken`) goes whole, whatever it looks like.
 */
export function redactDeep<T>(value: T): T {
  return redactedValue(value, false) as T;
}

function redactedValue(value: unknown, isCredential: boolean): unknown {
  if (typeof value === 'string') {
    const redacted = redact(value);
    return isCredential && value !== '' && !/^\[redacted:[\w-]+\]$/.test(redacted)
      ? mark('credential')
      : redacted;
  }
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, isCredential));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactedValue(item, isCredentialName(key))]),
  );
}

/**
 * Redacts a text that only grows, line by line. Takes whole logical lines (no newlines in them) and gives back as many,
 * in order; together they are what `redact` makes of the whole. A line waits only while it ends in something that the
 * next could turn into a secret.
 */
export class LineRedactor {
  #held: string[] = [];
  #inPrivateKey = false;

  /** Takes lines and returns those that may be written now. */
  push(lines: readonly string[]): string[] {
    if (lines.length === 0) return [];
    this.#held.push(...lines);
    const text = this.#held.join('\n');
    const view = viewOf(text);
    const result = scan(view, this.#inPrivateKey);
    const openLine = view.rows[firstOpenRow(view, result)]?.line ?? this.#held.length;
    if (openLine === 0) return [];
    const ready = applied(text, view, result.findings).split('\n').slice(0, openLine);
    this.#held = this.#held.slice(openLine);
    this.#inPrivateKey = this.#held.length === 0 && result.inPrivateKey;
    return ready;
  }

  /** Returns what is held: the text is over. */
  flush(): string[] {
    const rest = this.pending();
    this.#held = [];
    this.#inPrivateKey = false;
    return rest;
  }

  /** What is held, redacted as far as it can be seen, without letting go of it. */
  pending(): string[] {
    if (this.#held.length === 0) return [];
    const text = this.#held.join('\n');
    const view = viewOf(text);
    return applied(text, view, scan(view, this.#inPrivateKey).findings).split('\n');
  }
}

/** Puts a mark in place of each row's part of each finding. */
function applied(text: string, view: View, findings: readonly Finding[]): string {
  if (findings.length === 0) return text;
  const parts: string[] = [];
  let copied = 0;
  for (const { rule, from, to } of findings) {
    for (let index = rowAt(view, from); index < view.rows.length; index++) {
      const row = view.rows[index];
      if (!row || row.at >= to) break;
      const start = row.start + Math.max(0, from - row.at);
      parts.push(text.slice(copied, start), mark(rule));
      copied = Math.min(row.end, row.start + to - row.at);
    }
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/**
 * Removes secrets from text before it is stored. A secret is found by its own letters (tokens, private keys) or by what
 * precedes it (headers, URLs, `name = value`), also where a terminal has cut it over rows. Each row of a secret becomes
 * `[redacted:<rule>]`; the rest of the text does not change, and it keeps its number of lines.
 *
 * The rules are our own because existing scanners read files, not screens: they miss secrets that a TUI has cut over
 * rows, answer asynchronously, and lack some of the kinds that coding agents show.
 */
import { isCredentialName } from './assignments.ts';
import type { Finding } from './detector.ts';
import { firstOpenRow, scan } from './scan.ts';
import type { View } from './view.ts';
import { rowAt, viewOf } from './view.ts';

const mark = (rule: string) => `[redacted:${rule}]`;

/** The text without its secrets. Idempotent; takes time linear in the length of the text. */
export function redact(text: string): string {
  const view = viewOf(text);
  return applied(text, view, scan(view).findings);
}

export function containsSecret(text: string): boolean {
  return scan(viewOf(text)).findings.length > 0;
}

/**
 * A JSON value without secrets in its strings and keys. A string under a key that names a credential (`password`,
 * `api_key`, `accessToken`) is replaced as a whole, whatever it looks like.
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
 * Redacts a text that only grows, line by line. Accepts logical lines (without newlines) and returns as many, in order;
 * together they equal `redact` of the whole text. A line waits only while the next one could turn its end into a
 * secret.
 */
export class LineRedactor {
  #heldBack: string[] = [];
  #inPrivateKey = false;

  /** Accepts lines and returns those that may be written now. */
  push(lines: readonly string[]): string[] {
    if (lines.length === 0) return [];
    this.#heldBack.push(...lines);
    const text = this.#heldBack.join('\n');
    const view = viewOf(text);
    const result = scan(view, this.#inPrivateKey);
    const openLine = view.rows[firstOpenRow(view, result)]?.line ?? this.#heldBack.length;
    if (openLine === 0) return [];
    const ready = applied(text, view, result.findings).split('\n').slice(0, openLine);
    this.#heldBack = this.#heldBack.slice(openLine);
    this.#inPrivateKey = this.#heldBack.length === 0 && result.inPrivateKey;
    return ready;
  }

  /** Returns the lines that are held back: the text is over. */
  flush(): string[] {
    const rest = this.pending();
    this.#heldBack = [];
    this.#inPrivateKey = false;
    return rest;
  }

  /** The lines that are held back, redacted as far as possible. Keeps them. */
  pending(): string[] {
    if (this.#heldBack.length === 0) return [];
    const text = this.#heldBack.join('\n');
    const view = viewOf(text);
    return applied(text, view, scan(view, this.#inPrivateKey).findings).split('\n');
  }
}

/** Replaces each row's part of each finding with a mark. */
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

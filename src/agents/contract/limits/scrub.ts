/**
 * What a provider says about a failure is shown to people and kept in the ledger, and it may quote the
 * account's e-mail or a token (Codex repeats the body of a failed request). Only words pass, and codes that are made of
 * them: `workspace_member_usage_limit_reached`.
 */
const SECRET =
  /[^\s"'<>()[\]{},;:=]+@[^\s"'<>()[\]{},;]+|eyJ[\w-]*(?:\.[\w-]*)*|(?:bearer|basic|token)\s+\S+|\b(?:sk|pk|gh[a-z]|github_pat|xox[a-z]|glpat|npm|hf|fk|AIza|AKIA)[-_]?[\w-]{8,}|(?<![\w+/=-])(?![a-z]{1,15}(?:[_-](?:[a-z]{1,15}|\d{1,4}))+(?![\w+/=-]))[\w+/=-]{24,}/gi;
const QUERY = /(https?:\/\/[^\s?#"']*)[?#][^\s"']*/gi;
const BODY = /\bbody=.*$/is;

const READ = 4000;

/** One line of at most `length` characters without e-mails, tokens, long opaque words and query strings. */
export function scrub(value: string, length = 200): string {
  const words = value
    .slice(0, READ)
    .replace(BODY, '')
    .replace(QUERY, '$1')
    .replace(SECRET, '[redacted]')
    // An error text must not drive a terminal.
    .replace(/[\u0000-\u0020\u007f-\u00a0]+/g, ' ')
    .trim();
  return words.length > length ? `${words.slice(0, length - 1)}…` : words;
}

/** Words of a program or a provider behind a sentence of ours: scrubbed, after a colon; nothing if there are none. */
export function quoted(words: string | null | undefined): string {
  const clean = scrub(words ?? '');
  return clean === '' ? '' : `: ${clean}`;
}

/** A name that a provider gave (a plan, a model): short, and empty if it had to be redacted. */
export function label(value: string | null): string | null {
  if (value === null) return null;
  const clean = scrub(value, 60);
  return clean === '' || clean.includes('[redacted]') ? null : clean;
}

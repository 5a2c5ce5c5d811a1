import { existsSync } from 'node:fs';
import { AgentPoolError } from '../lib/errors.ts';
import { writePrivateFileSync } from '../lib/files/atomic-file.ts';
import { backup, backupPath, readTextFile, UnreadableFile } from '../lib/files/user-files.ts';
import type { Preferences, PreferencesInit } from './preferences-schema.ts';

export const PREFERENCES_URI = 'agentpool://preferences.md';

const READ_HINT =
  'The user keeps here when to delegate, and to whom. Read it before you decide to use AgentPool and before you choose a provider or a model.';

/** What an agent reads before the user has written anything: advice, and blanks for the user to fill in. */
export const DEFAULT_PREFERENCES = `# AgentPool preferences

Yours to edit. Agents read this before they hand work over. It is advice to
them: AgentPool itself never chooses a provider or a model.

## When to delegate

- Look at what is left first: \`agentpool usage-summary\`. Delegate when your own
  limit is nearly used up, or when another subscription would go to waste.
- Prefer your own subagents for work that they can do with the same model.
- Keep a task small and complete in itself: the worker knows nothing of your talk.

## To whom

- Always name the provider and the model. There is no \`auto\`.
- Exploring, mapping and first reviews: the cheapest subscription with headroom.
- A family of models runs on its own subscription: OpenAI's on codex-cli,
  Claude's on claude-code. Ask me before you spend another one's credits on it.

## How

- Start with \`--isolation read_only\`. Work that edits gets \`--isolation worktree\`.
- Never answer a worker's question about paying for overage: ask me.
- Observe, collect and terminate every worker that you spawned.
`;

const PREFERENCES_LIMIT = 256 * 1024;

/** Reads the file at `path`. Never throws, because answers that include the preferences must not fail with them. */
export function readPreferences(path: string, { text: withText = false } = {}): Preferences {
  const about = { path, resource_uri: PREFERENCES_URI, read_hint: READ_HINT };
  let written: string | null;
  try {
    written = readTextFile(path, PREFERENCES_LIMIT);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const warning = `${path} ${error.message}. ${error.fix}.`;
    const unread = { ...about, exists: true, using_default_template: false, digest: [], warning };
    return withText ? { ...unread, text: '' } : unread;
  }
  const text = written ?? DEFAULT_PREFERENCES;
  const read = {
    ...about,
    exists: written !== null,
    using_default_template: text === DEFAULT_PREFERENCES,
    digest: preferencesDigest(text),
  };
  return withText ? { ...read, text } : read;
}

const DIGEST_POINTS = 8;
const POINT_LENGTH = 240;

/**
 * The first points of a Markdown text, bounded: list items with their continuation lines, from the top, because
 * people write first what matters most; without any list, the first paragraphs.
 */
export function preferencesDigest(text: string): string[] {
  const { points, paragraphs } = blocksOf(text);
  const chosen = points.length > 0 ? points : paragraphs;
  return chosen.slice(0, DIGEST_POINTS).map(onOneLine);
}

const BULLET = /^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$/;
const NO_PROSE = /^\s*(?:#|>|\||(?:[-*_=]\s*){3,}$)/;

function blocksOf(text: string): { points: string[]; paragraphs: string[] } {
  const points: string[] = [];
  const paragraphs: string[] = [];
  let open: string[] | null = null;
  let fenced = false;
  for (const line of withoutComments(text).split(/\r?\n/)) {
    if (points.length > DIGEST_POINTS) break;
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || /^\s*(?:```|~~~|$)/.test(line) || NO_PROSE.test(line)) {
      open = null;
      continue;
    }
    const bullet = BULLET.exec(line)?.[1];
    if (bullet !== undefined) {
      points.push(bullet);
      open = points;
    } else if (open) {
      open.push(`${open.pop()} ${line}`);
    } else {
      paragraphs.push(line);
      open = paragraphs;
    }
  }
  return { points, paragraphs };
}

/** Removes HTML comments. Searched by hand: a lazy regex over repeated '<!--' is quadratic. */
function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf('<!--', from);
    if (start === -1) return kept + text.slice(from);
    kept += text.slice(from, start);
    const end = text.indexOf('-->', start + 4);
    if (end === -1) return kept;
    from = end + 3;
  }
}

function onOneLine(point: string): string {
  const line = point
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > POINT_LENGTH ? `${line.slice(0, POINT_LENGTH - 1).trimEnd()}…` : line;
}

export interface InitOptions {
  force?: boolean;
  dryRun?: boolean;
  now?: Date;
}

/** Writes the template if there is no file; with `force` backs up and overwrites an existing one. */
export function initPreferences(path: string, options: InitOptions = {}): PreferencesInit {
  const { force = false, dryRun = false, now = new Date() } = options;
  const before = readPreferences(path);
  const isTemplate = before.exists && before.using_default_template;
  const write = !before.exists || (force && !isTemplate);
  const backup_path = write && before.exists ? backupPath(path, now) : null;
  if (write && !dryRun) replaceFile(path, DEFAULT_PREFERENCES, backup_path);
  const reason = !write
    ? isTemplate
      ? 'already the default preferences'
      : 'preferences already exist; --force replaces them, after a backup'
    : dryRun
      ? 'would write the default preferences'
      : 'wrote the default preferences';
  return {
    ...readPreferences(path, { text: true }),
    changed: write && !dryRun,
    reason,
    backup_path,
    dry_run: dryRun,
    would_write: write,
    would_backup: backup_path !== null,
  };
}

/** Writes `text` to `path`, after copying the existing file to `backupTo`. Throws CONFIG_NOT_WRITTEN. */
export function replaceFile(path: string, text: string, backupTo: string | null): void {
  try {
    if (backupTo && existsSync(path)) backup(path, backupTo);
    writePrivateFileSync(path, text, { link: 'follow' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new AgentPoolError(
      'CONFIG_NOT_WRITTEN',
      `${path} could not be written: ${code ? writeReason(code) : message}.`,
      {
        path,
        reason: code ?? message,
        example: 'AGENTPOOL_HOME="$HOME/.agentpool" agentpool init',
      },
      { cause: error },
    );
  }
}

function writeReason(code: string): string {
  const reasons: Record<string, string> = {
    EACCES: 'you may not write there (EACCES)',
    EPERM: 'you may not write there (EPERM)',
    EROFS: 'the file system is read-only (EROFS)',
    ENOSPC: 'the disk is full (ENOSPC)',
    ENOTDIR: 'a file is where a folder should be (ENOTDIR)',
    EEXIST: 'a file is where a folder should be (EEXIST)',
    EISDIR: 'it is a folder (EISDIR)',
  };
  return reasons[code] ?? code;
}

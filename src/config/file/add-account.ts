import { type Document, isCollection, isScalar, parseDocument } from 'yaml';
import { AgentPoolError } from '../../lib/errors.ts';
import { readTextFile } from '../../lib/files/user-files.ts';
import { replaceFile } from '../preferences.ts';
import { AGENTS, type AgentId } from '../provider-ids.ts';
import { CONFIG_LIMIT } from './load.ts';
import { parse } from './parse.ts';
import { problemLine } from './problems.ts';

export interface NewAccount {
  provider: AgentId;
  name: string;
  /** As it is written into the file; null for the default folder. */
  folder: string | null;
}

/**
 * Adds an account to a config file, which is made if there is none. What the file holds stays, comments too. Throws
 * CONFIG_INVALID if the file would have an error with it, and CONFIG_NOT_WRITTEN.
 */
export function addAccount(file: string, account: NewAccount): void {
  const text = withAccount(readTextFile(file, CONFIG_LIMIT) ?? '', account);
  const parsed = parse(text);
  if (!parsed.config) {
    const [first] = parsed.problems;
    const message = first ? problemLine(file, first) : file;
    throw new AgentPoolError('CONFIG_INVALID', message, {
      path: file,
      problems: parsed.problems,
      example: 'agentpool config validate',
    });
  }
  replaceFile(file, text, null);
}

/** The text of a config file with one more account in it. Pure. */
export function withAccount(text: string, { provider, name, folder }: NewAccount): string {
  const document = parseDocument(text);
  // Its errors are named by `parse`, with their lines.
  if (document.errors.length > 0) return text;
  const path = ['providers', keyIn(document, provider), 'accounts'];
  for (const depth of [1, 2, 3]) {
    const at = path.slice(0, depth);
    const before = document.getIn(at, true);
    if (isCollection(before)) continue;
    const made = document.createNode(depth === path.length ? [] : {});
    // The commented-out keys below a key without a value.
    if (isScalar(before) && before.comment) made.comment = before.comment;
    document.setIn(at, made);
  }
  document.addIn(path, document.createNode({ name, ...(folder === null ? {} : { folder }) }, { flow: true }));
  return String(document);
}

/** The file may have the provider by its short name. */
const keyIn = (document: Document, provider: AgentId): string =>
  document.hasIn(['providers', AGENTS[provider].short]) ? AGENTS[provider].short : provider;

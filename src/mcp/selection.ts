import type { Env } from '../config/paths.ts';
import type { ErrorCode } from '../lib/error-codes/index.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { type Tool, type Toolset, toolsets } from './tool.ts';

export interface Selection {
  tools: Tool[];
  /** Answered, but not listed. */
  unlisted: readonly Tool[];
  lockdown: boolean;
}

/** The options of the command line; the environment supplies those that are missing. */
export interface SelectionOptions {
  toolsets?: string | undefined;
  tools?: string | undefined;
  lockdown?: boolean | undefined;
}

/**
 * The tools to offer: whole toolsets (the default one when nothing is named), single tools, or both together. Throws
 * UNKNOWN_TOOLSET, UNKNOWN_TOOL, INVALID_LOCKDOWN: a server must not start without the tools that were meant. With the
 * default toolset it answers those of `unlisted` too.
 */
export function selectTools(
  all: Readonly<Record<Toolset, readonly Tool[]>>,
  request: SelectionOptions,
  env: Env,
  unlisted: readonly Tool[] = [],
): Selection {
  const lockdown = request.lockdown ?? switchOf(env.AGENTPOOL_MCP_LOCKDOWN);
  const tools = wordsOf(request.tools ?? env.AGENTPOOL_MCP_TOOLS);
  const named = wordsOf(request.toolsets ?? env.AGENTPOOL_MCP_TOOLSETS);
  const sets = named.length === 0 && tools.length === 0 ? ['default'] : named;
  const every = Object.values(all).flat();
  for (const set of sets) {
    if (set !== 'all') assertKnown('UNKNOWN_TOOLSET', 'toolset', set, [...toolsets, 'all']);
  }
  for (const name of tools) {
    const names = every.map((tool) => tool.name);
    assertKnown('UNKNOWN_TOOL', 'tool', name, names);
    if (lockdown && every.some((tool) => tool.name === name && tool.onlyWorkerText)) throw lockedOut(name);
  }
  const chosen = new Set<Tool>();
  for (const set of toolsets) {
    if (sets.includes(set) || sets.includes('all')) for (const tool of all[set]) chosen.add(tool);
  }
  for (const tool of every) if (tools.includes(tool.name)) chosen.add(tool);
  return {
    tools: [...chosen].filter((tool) => !(lockdown && tool.onlyWorkerText)),
    unlisted: sets.includes('default') ? unlisted.filter((tool) => !chosen.has(tool)) : [],
    lockdown,
  };
}

const wordsOf = (list: string | undefined): string[] => (list ?? '').split(/[\s,]+/).filter(Boolean);

function assertKnown(code: ErrorCode, what: string, word: string, allowed: readonly string[]): void {
  if (allowed.includes(word)) return;
  const nearest = suggest(word, allowed);
  throw new AgentPoolError(
    code,
    `There is no ${what} ${JSON.stringify(word)}.${nearest ? ` Did you mean ${nearest}?` : ''} There are: ${allowed.join(', ')}.`,
    {
      [what]: word,
      allowed: [...allowed],
      example: shell`agentpool mcp --${what}s ${nearest ?? allowed[0] ?? ''}`,
    },
  );
}

/** A misspelt lockdown must not count as none. */
function switchOf(word: string | undefined): boolean {
  const value = (word ?? '').trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  throw new AgentPoolError(
    'INVALID_LOCKDOWN',
    `AGENTPOOL_MCP_LOCKDOWN is ${JSON.stringify(word)}; it is 1 or 0.`,
    { example: 'AGENTPOOL_MCP_LOCKDOWN=1 agentpool mcp' },
  );
}

const lockedOut = (name: string) =>
  new AgentPoolError('LOCKDOWN', `${name} returns worker text only; --lockdown excludes it.`, {
    tool: name,
    example: 'agentpool mcp --lockdown',
  });

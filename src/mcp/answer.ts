import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Env } from '../config/paths.ts';
import { AgentPoolError, debugTrace, errorMessage } from '../lib/errors.ts';
import { shown } from '../lib/text/shown.ts';
import { listSessions } from '../projections/sessions/list.ts';
import type { AppContext } from '../workers/core/context.ts';
import { afterError, type NextTool } from './next-tool.ts';
import type { ToolAnswer } from './tool.ts';
import { fenced } from './untrusted.ts';

/** A tool's answer, twice: as text and as structure, because hosts read one or the other. */
export function answerOf(result: ToolAnswer, offered: ReadonlySet<string>): CallToolResult {
  const { next_tool } = result;
  const answer = next_tool === undefined ? result : { ...result, next_tool: ifOffered(next_tool, offered) };
  return {
    content: [{ type: 'text', text: shown(JSON.stringify(answer)) }],
    structuredContent: answer,
  };
}

/** A model can only call what its host lists. */
const ifOffered = (next: NextTool | null, offered: ReadonlySet<string>): NextTool | null =>
  next && offered.has(next.name) ? next : null;

/** Errors whose message has only AgentPool's and the caller's words; any other message may quote a worker. */
const OWN_MESSAGE_CODES = new Set([
  'ACCOUNT_NOT_FOUND',
  ...['BEFORE_HISTORY', 'CONFIG_INVALID', 'FILE_EXISTS', 'LOCKDOWN', 'MAX_TURNS_REACHED', 'NOT_A_REPOSITORY'],
  ...[
    'NO_DIALOG',
    'POLICY_BLOCKED',
    'SHARE_FAILED',
    'TMUX_NOT_FOUND',
    'TMUX_SESSION_NOT_FOUND',
    'UNSUPPORTED',
  ],
  ...['WORKTREE_ACTIVE', 'WORKTREE_DIRTY', 'WORKTREE_NEEDS_COMMIT', 'WORKTREE_NOT_FOUND'],
]);
const OWN_MESSAGE_PREFIXES = /^(INVALID|UNKNOWN|LEASE|SESSION|PROVIDER|PATH_OUTSIDE)_/;
const hasOwnMessage = (code: string): boolean =>
  OWN_MESSAGE_CODES.has(code) || OWN_MESSAGE_PREFIXES.test(code);

/** The next step, for a model that has tools and no command line. */
const NEXT_STEPS: Record<string, string> = {
  DIALOG_WAITS: 'Read the choices with observe_worker detail=excerpt, then take one with answer_worker.',
  CHOICE_NOT_FOUND:
    'Read the choices with observe_worker detail=excerpt, then name one by its number in answer_worker.',
  NO_DIALOG: 'Answer a question in prose with send_worker_message.',
  OVERAGE_NEEDS_A_PERSON: 'Ask your user: only a person answers this dialog, in the terminal of the worker.',
  DIALOG_STUCK: 'Read the screen again with observe_worker detail=excerpt, then answer again.',
  POLICY_BLOCKED:
    'Choose another provider or isolation, or ask your user to change the policy; see get_inventory.',
  SESSION_ENDED: 'Get its results with collect_worker_artifacts, or go on with it: resume_worker.',
  SESSION_ALIVE: 'Give it work with send_worker_message, or end it with terminate_worker.',
  LEASE_CONFLICT: 'Wait until the holder is done, or use another file.',
  ACCOUNT_NOT_FOUND: 'Name one of those accounts, or leave it out.',
  PROVIDER_NOT_FOUND: 'Use a provider_id from get_inventory.',
  WORKTREE_ACTIVE: 'End its worker first with terminate_worker.',
  WORKTREE_DIRTY:
    'Collect its changes with collect_worker_artifacts and apply diff.patch; then force=true discards them.',
};

/** The call that was refused. */
interface Refused {
  lockdown: boolean;
  args: Record<string, unknown>;
  offered: ReadonlySet<string>;
}

/** An error as a tool result: a code, what is wrong, and the next step. `app` is null when it could not be opened. */
export async function refusalOf(
  thrown: unknown,
  app: AppContext | null,
  { lockdown, args, offered }: Refused,
): Promise<CallToolResult> {
  const error = await asAgentPoolError(thrown);
  await writeTrace(thrown, app?.env ?? {});
  const { code } = error;
  const own = hasOwnMessage(code);
  const message = own ? error.message : `The call failed with ${code}.`;
  const quoted = own || lockdown ? null : fenced(error.message, 'excerpt');
  // The tools that it would name know no worker of another machine.
  const isElsewhere = error.details.machine !== undefined;
  const recovery = isElsewhere ? null : recoveryOf(error, app, own);
  const next_tool = isElsewhere ? null : ifOffered(afterError(code, args, lockdown), offered);
  const text = [
    `${code}: ${message}`,
    ...(quoted ? [quoted.text] : []),
    ...(recovery ? [recovery] : []),
    ...(next_tool ? [`next_tool: ${JSON.stringify(next_tool)}`] : []),
  ];
  return {
    isError: true,
    content: [{ type: 'text', text: shown(text.join('\n')) }],
    // Not as structuredContent: that must match the tool's output schema, which an error does not.
    _meta: {
      'agentpool/error': { code, message: shown(message), recovery: recovery && shown(recovery), next_tool },
    },
  };
}

/** The stacks of an error and its causes on stderr, where AGENTPOOL_DEBUG asks for them: stdout is the protocol's. */
export async function writeTrace(thrown: unknown, env: Env): Promise<void> {
  const trace = debugTrace(thrown, env);
  if (trace) process.stderr.write((await import('../workspace/redaction/redaction.ts')).redact(trace));
}

/** The message of an error where nothing else fits: AgentPool's own words, or the code alone. */
export async function ownMessage(thrown: unknown): Promise<string> {
  const { code, message } = await asAgentPoolError(thrown);
  return hasOwnMessage(code) ? shown(`${code}: ${message}`) : `The request failed with ${code}.`;
}

function recoveryOf({ code, details }: AgentPoolError, app: AppContext | null, own: boolean): string | null {
  if (code === 'TMUX_SESSION_NOT_FOUND' && app) return knownSessions(app);
  return NEXT_STEPS[code] ?? (own && details.example ? `On the command line: ${details.example}` : null);
}

function knownSessions({ ledger, coordinator }: AppContext): string {
  const mine = listSessions(ledger, { coordinator, limit: 10, offset: 0 }).sessions;
  const { sessions } =
    mine.length > 0 ? { sessions: mine } : listSessions(ledger, { coordinator: null, limit: 10, offset: 0 });
  const ids = sessions.map(({ id }) => id).join(', ');
  return ids ? `known session ids: ${ids}` : 'There is no session yet: spawn_worker creates one.';
}

/** Converts any other error to INTERNAL_ERROR, redacted. */
async function asAgentPoolError(thrown: unknown): Promise<AgentPoolError> {
  if (thrown instanceof AgentPoolError) return thrown;
  const { redact } = await import('../workspace/redaction/redaction.ts');
  return new AgentPoolError('INTERNAL_ERROR', redact(errorMessage(thrown)), {}, { cause: thrown });
}

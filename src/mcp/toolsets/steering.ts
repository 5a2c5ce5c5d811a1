import { isolations, promptModes } from '../../events/catalogue/words.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { choice, flag, maybeCount, maybeRecord, maybeText, maybeWords, text, textOr } from '../parameters.ts';
import { acting, tool } from '../tool.ts';
import { plainName, sessionForHost } from '../untrusted.ts';

export const session_id = text('an id, its beginning, or @last');

/** What is done to a worker, from its spawn to its end. */
export const steering = [
  tool({
    name: 'spawn_worker',
    description:
      'Hand a task to an agent of another subscription. It runs in a terminal of its own; this returns once it runs. You choose provider and model. Next: observe_worker, then collect_worker_artifacts and terminate_worker.',
    params: {
      provider_id: text('of get_inventory, e.g. codex-cli'),
      task: text('complete: it does not see your talk'),
      repo_path: text('absolute path'),
      role: textOr('explorer', 'explorer, reviewer, implementer, ...'),
      model: maybeText("the agent's own word"),
      account: maybeText(),
      runtime: maybeText('tmux'),
      isolation: choice(isolations, 'read_only', 'worktree: for edits'),
      allowed_files: maybeWords('the only files it may change'),
      max_runtime_seconds: maybeCount('ended after so long'),
      max_turns: maybeCount('messages it may get'),
      supervision: textOr('interactive', 'or autonomous'),
      initial_prompt_mode: choice(promptModes, 'provider_default'),
      reasoning_effort: maybeText(),
      service_tier: maybeText(),
      metadata: maybeRecord('your notes, kept with it'),
    },
    output: {
      session_id: 'string',
      session: 'object',
      attach_command: 'string',
      live_control: 'object',
      preferences: 'object',
      warnings: 'array',
    },
    annotations: acting,
    run: async (app, given) => {
      const { spawnWorker } = await import('../../workers/commands/spawn.ts');
      const { spawnReport } = await import('../../workers/commands/spawn-report.ts');
      const id = await spawnWorker(app, {
        provider: given.provider_id,
        task: given.task,
        repo: given.repo_path,
        role: given.role,
        runtime: given.runtime ?? 'tmux',
        isolation: given.isolation,
        model: given.model,
        account: given.account,
        allowedFiles: given.allowed_files ?? [],
        maxRuntimeSeconds: given.max_runtime_seconds,
        maxTurns: given.max_turns,
        supervision: given.supervision,
        promptMode: given.initial_prompt_mode,
        reasoningEffort: given.reasoning_effort,
        serviceTier: given.service_tier,
        metadata: given.metadata ?? {},
      });
      const session = sessionForHost(sessionNamed(app, id));
      return { ...spawnReport(app, id), session, warnings: [] };
    },
  }),
  tool({
    name: 'send_worker_message',
    description:
      'Answer a worker that asked in prose (AWAITING_USER_INPUT), or give it more to do. For a menu use answer_worker. Then observe_worker again.',
    params: {
      session_id,
      message: text('arrives as one message'),
      submit: flag(true, 'false: one line, left in the box'),
    },
    output: { ok: 'boolean', session_id: 'string', event_id: 'integer', delivery: 'string' },
    annotations: acting,
    run: async (app, given) => {
      const { draftMessage, sendMessage } = await import('../../workers/commands/send.ts');
      const session = sessionNamed(app, given.session_id);
      if (!given.submit) return draftMessage(app, session, given.message);
      const { reason: _quoted, ...sent } = await sendMessage(app, session, given.message);
      return sent;
    },
  }),
  tool({
    name: 'answer_worker',
    description:
      'Take a choice of the menu that a worker waits at (AWAITING_APPROVAL). Read the choices first: observe_worker detail=excerpt. Refused for dialogs about paying: ask your user.',
    params: {
      session_id,
      choice: text('its number, or words that only it has'),
      text: maybeText('own words, for a choice that takes some'),
    },
    output: { ok: 'boolean', session_id: 'string', dialog: 'string', choice: 'object', delivery: 'string' },
    annotations: acting,
    run: async (app, given, { lockdown }) => {
      const { answerDialog } = await import('../../workers/commands/answer.ts');
      const session = sessionNamed(app, given.session_id);
      const {
        question: _quoted,
        choice,
        ...answered
      } = await answerDialog(app, session, {
        choice: given.choice,
        text: given.text,
      });
      const label = lockdown ? {} : { label: plainName(choice.label) };
      return { ...answered, choice: { number: choice.number, ...label } };
    },
  }),
  tool({
    name: 'interrupt_worker',
    description: 'Stop the turn of a worker; it lives on and can be sent a message.',
    params: { session_id },
    output: { ok: 'boolean', session_id: 'string', state: 'string' },
    annotations: acting,
    run: async (app, given) => {
      const { interruptWorker } = await import('../../workers/commands/steer.ts');
      return interruptWorker(app, sessionNamed(app, given.session_id));
    },
  }),
  tool({
    name: 'terminate_worker',
    description:
      'End a worker and everything it started. Do it for every worker that you spawned, after collect_worker_artifacts. What it made stays.',
    params: { session_id, reason: maybeText('kept in the log') },
    output: {
      ok: 'boolean',
      session_id: 'string',
      state: 'string',
      already_terminated: 'boolean',
      ended: 'array',
    },
    annotations: { ...acting, idempotentHint: true },
    run: async (app, { session_id, reason }) => {
      const { terminateWorker } = await import('../../workers/commands/terminate.ts');
      const session = sessionNamed(app, session_id);
      const { ended, ...termination } = await terminateWorker(app, session, { reason });
      // The command lines are the worker's own words.
      return { ...termination, reason, ended: ended.map(({ pid, signal }) => ({ pid, signal })) };
    },
  }),
];

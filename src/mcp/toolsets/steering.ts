import { isolations, promptModes } from '../../events/catalogue/words.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { choice, flag, maybeCount, maybeRecord, maybeText, maybeWords, text, textOr } from '../parameters.ts';
import { acting, tool } from '../tool.ts';
import { plainName, sessionForHost } from '../untrusted.ts';

export const session_id = text('an id, a prefix of one, or @last');

/** Everything that acts on a worker, from its spawn to its end. */
export const steering = [
  tool({
    name: 'spawn_worker',
    description:
      'Delegate a task to an agent of another subscription. Returns once it runs in its own terminal. You choose provider and model. Next: observe_worker, then collect_worker_artifacts and terminate_worker.',
    params: {
      provider_id: text('from get_inventory, e.g. codex-cli'),
      task: text('complete: it does not see your conversation'),
      repo_path: text('absolute path'),
      role: textOr('explorer', 'explorer, reviewer, implementer, ...'),
      model: maybeText("the agent's own name for it"),
      account: maybeText(),
      runtime: maybeText('tmux'),
      isolation: choice(isolations, 'read_only', 'worktree: for edits'),
      allowed_files: maybeWords('the only files it may change'),
      max_runtime_seconds: maybeCount('then it is ended'),
      max_turns: maybeCount('messages it may get'),
      supervision: textOr('interactive', 'or autonomous'),
      initial_prompt_mode: choice(promptModes, 'provider_default'),
      reasoning_effort: maybeText(),
      service_tier: maybeText(),
      metadata: maybeRecord('your notes, stored with it'),
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
    run: async (app, args) => {
      const { spawnWorker } = await import('../../workers/commands/spawn.ts');
      const { spawnReport } = await import('../../workers/commands/spawn-report.ts');
      const id = await spawnWorker(app, {
        provider: args.provider_id,
        task: args.task,
        repo: args.repo_path,
        role: args.role,
        runtime: args.runtime ?? 'tmux',
        isolation: args.isolation,
        model: args.model,
        account: args.account,
        allowedFiles: args.allowed_files ?? [],
        maxRuntimeSeconds: args.max_runtime_seconds,
        maxTurns: args.max_turns,
        supervision: args.supervision,
        promptMode: args.initial_prompt_mode,
        reasoningEffort: args.reasoning_effort,
        serviceTier: args.service_tier,
        metadata: args.metadata ?? {},
      });
      const session = sessionForHost(sessionNamed(app, id));
      return { ...spawnReport(app, id), session, warnings: [] };
    },
  }),
  tool({
    name: 'send_worker_message',
    description:
      'Answer a worker that asked in prose (AWAITING_USER_INPUT), or give it another task. For a menu use answer_worker. Then observe_worker again.',
    params: {
      session_id,
      message: text('arrives as one message'),
      submit: flag(true, 'false: type one line without submitting it'),
    },
    output: { ok: 'boolean', session_id: 'string', event_id: 'integer', delivery: 'string' },
    annotations: acting,
    run: async (app, args) => {
      const { draftMessage, sendMessage } = await import('../../workers/commands/send.ts');
      const session = sessionNamed(app, args.session_id);
      if (!args.submit) return draftMessage(app, session, args.message);
      const { reason: _quoted, ...sent } = await sendMessage(app, session, args.message);
      return sent;
    },
  }),
  tool({
    name: 'answer_worker',
    description:
      'Choose an entry of the menu that a worker waits at (AWAITING_APPROVAL). Read the choices first: observe_worker detail=excerpt. Refused for dialogs about payment: ask your user.',
    params: {
      session_id,
      choice: text('its number, or words that only it has'),
      text: maybeText('your words, for a choice that takes some'),
    },
    output: { ok: 'boolean', session_id: 'string', dialog: 'string', choice: 'object', delivery: 'string' },
    annotations: acting,
    run: async (app, args, { lockdown }) => {
      const { answerDialog } = await import('../../workers/commands/answer.ts');
      const session = sessionNamed(app, args.session_id);
      const {
        question: _quoted,
        choice,
        ...answered
      } = await answerDialog(app, session, {
        choice: args.choice,
        text: args.text,
      });
      const label = lockdown ? {} : { label: plainName(choice.label) };
      return { ...answered, choice: { number: choice.number, ...label } };
    },
  }),
  tool({
    name: 'interrupt_worker',
    description: 'Stop the turn of a worker; it keeps running and accepts messages.',
    params: { session_id },
    output: { ok: 'boolean', session_id: 'string', state: 'string' },
    annotations: acting,
    run: async (app, args) => {
      const { interruptWorker } = await import('../../workers/commands/steer.ts');
      return interruptWorker(app, sessionNamed(app, args.session_id));
    },
  }),
  tool({
    name: 'terminate_worker',
    description:
      'End a worker and everything it started. Do it for every worker you spawned, after collect_worker_artifacts. Artifacts are kept.',
    params: { session_id, reason: maybeText('stored in the log') },
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

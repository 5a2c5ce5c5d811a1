import { isolationFor } from '../../config/policy.ts';
import { isolations, promptModes } from '../../events/catalogue/words.ts';
import { liveSessions } from '../../projections/sessions/queries.ts';
import type { SpawnOptions } from '../../workers/commands/spawning/spawn.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { repositoryPath } from '../allowed-path.ts';
import {
  choice,
  choiceUnset,
  flag,
  maybeCount,
  maybeName,
  maybeRecord,
  maybeText,
  maybeWords,
  named,
  nameOr,
  text,
} from '../arguments/parameters.ts';
import { answer, ifHere, send, spawnOn, terminate } from '../elsewhere.ts';
import { type NextTool, observe, read } from '../next-tool.ts';
import { acting, tool } from '../tool.ts';
import { dialogForHost, plainName, sessionForHost } from '../untrusted.ts';

/** A worktree stays until it is removed; the other workers go on. */
export function afterEnding(app: AppContext, id: string): NextTool | null {
  const { worktree_path, worktree_removed_at } = sessionNamed(app, id);
  if (worktree_path !== null && worktree_removed_at === null)
    return { name: 'cleanup_worktree', arguments: { session_id: id } };
  const others = liveSessions(app.ledger).some(({ coordinator_id }) => coordinator_id === app.coordinator);
  return others ? { name: 'wait_for_any', arguments: {} } : null;
}

/** @throws INVALID_REQUEST for a time that cannot be read */
async function queued(
  app: AppContext,
  request: SpawnOptions,
  times: { notBefore: string | null; deadline: string | null },
): Promise<string> {
  const { queueTimes, spawnOrQueue } = await import('../../workers/queue/request.ts');
  return spawnOrQueue(app, request, queueTimes({ ...times, provider: request.provider }, app.given().now));
}

export const session_id = named('an id, a prefix of one, or @last', '@last');

/** Everything that acts on a worker, from its spawn to its end. */
export const steering = [
  tool({
    name: 'spawn_worker',
    description:
      'Delegate a task to an agent of another subscription. Returns once it runs. You choose provider and model. Next: observe_worker, then collect_worker_artifacts and terminate_worker.',
    params: {
      provider_id: named('from get_inventory', 'codex-cli'),
      task: text('complete: it does not see your conversation', 'List the callers of parseConfig'),
      repo_path: named('absolute path', '/home/me/project'),
      role: nameOr('explorer', 'explorer, reviewer, implementer, ...'),
      model: maybeName('sonnet', "the agent's own name for it"),
      account: maybeName('work'),
      runtime: maybeName('tmux'),
      isolation: choiceUnset(isolations, 'read_only', 'worktree: for edits, as role implementer'),
      allowed_files: maybeWords(['src/list.ts'], 'the only files it may change'),
      max_runtime_seconds: maybeCount('then it is ended'),
      max_turns: maybeCount('messages it may get'),
      supervision: nameOr('interactive', 'or autonomous'),
      initial_prompt_mode: choice(promptModes, 'provider_default'),
      reasoning_effort: maybeName('high'),
      service_tier: maybeName('priority'),
      on_limit: maybeName('wait', 'stop, wait, or PROVIDER[:MODEL],... to hand over'),
      queue: flag(false, 'starts when it can'),
      not_before: maybeName('+2h', 'with queue'),
      deadline: maybeName('18:00', 'then it is dropped'),
      machine: maybeName('desk', 'of the fleet'),
      metadata: maybeRecord('note', 'ticket 17', 'your notes, any keys'),
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
    run: async (app, args, call) => {
      if (args.machine !== null)
        return spawnOn(
          app,
          args.machine,
          {
            provider: args.provider_id,
            task: args.task,
            repo: repositoryPath(args.repo_path),
            role: args.role,
            isolation: args.isolation ?? null,
            runtime: args.runtime ?? 'tmux',
            model: args.model,
            account: args.account,
            allowed_files: args.allowed_files ?? [],
            max_runtime_seconds: args.max_runtime_seconds,
            max_turns: args.max_turns,
            supervision: args.supervision,
            prompt_mode: args.initial_prompt_mode,
            reasoning_effort: args.reasoning_effort,
            service_tier: args.service_tier,
            on_limit: args.on_limit,
            wait_at_most: null,
            skip_setup: false,
            metadata: args.metadata ?? {},
          },
          { signal: call.signal, waits: args.queue || args.not_before !== null || args.deadline !== null },
        );
      const { spawnWorker } = await import('../../workers/commands/spawning/spawn.ts');
      const { spawnReport } = await import('../../workers/commands/spawning/spawn-report.ts');
      const { onLimitOf } = await import('../../workers/commands/spawning/on-limit.ts');
      const onLimit = onLimitOf(app.config, args.provider_id, { onLimit: args.on_limit, waitAtMost: null });
      const request = {
        provider: args.provider_id,
        task: args.task,
        repo: repositoryPath(args.repo_path),
        role: args.role,
        runtime: args.runtime ?? 'tmux',
        isolation: isolationFor(app.config.policy, args.role, args.isolation),
        model: args.model,
        account: args.account,
        allowedFiles: args.allowed_files ?? [],
        maxRuntimeSeconds: args.max_runtime_seconds,
        maxTurns: args.max_turns,
        supervision: args.supervision,
        promptMode: args.initial_prompt_mode,
        reasoningEffort: args.reasoning_effort,
        serviceTier: args.service_tier,
        // A host may not have programs run: those of the user's own config do.
        setup: null,
        ...(onLimit && { onLimit }),
        metadata: args.metadata ?? {},
      };
      const id = args.queue
        ? await queued(app, request, { notBefore: args.not_before, deadline: args.deadline })
        : await spawnWorker(app, request);
      const session = sessionForHost(sessionNamed(app, id));
      call.reported.know(id);
      return { ...spawnReport(app, id), session };
    },
    next: ({ answer: worker }) => ifHere(worker, observe(worker.session_id)),
  }),
  tool({
    name: 'send_worker_message',
    description:
      'Answer a worker that asked in prose, or give it another task. For a menu use answer_worker. Then observe_worker again.',
    params: {
      session_id,
      message: text('arrives as one message', 'The migrations come first'),
      submit: flag(true, 'false: type one line without submitting it'),
    },
    output: { ok: 'boolean', session_id: 'string', event_id: 'integer', delivery: 'string' },
    annotations: acting,
    run: async (app, args, { signal }) => {
      if (!args.submit) {
        const { draftMessage } = await import('../../workers/commands/sending/send.ts');
        return draftMessage(app, sessionNamed(app, args.session_id), args.message);
      }
      const { reason: _quoted, ...sent } = await send(app, args.session_id, args.message, signal);
      return sent;
    },
    next: ({ answer: worker, args }) =>
      ifHere(worker, args.submit ? observe(worker.session_id) : read(worker.session_id)),
  }),
  tool({
    name: 'answer_worker',
    description:
      'Answer the dialog of a worker; read it first: observe_worker detail=excerpt. Payment is refused.',
    params: {
      session_id,
      choice: maybeName('1', 'number or words'),
      choices: maybeWords(['1', '3'], 'if multi_select'),
      text: maybeText('Use the other branch'),
      submit: flag(false, 'confirm the form'),
    },
    output: { ok: 'boolean', session_id: 'string', dialog: 'string', delivery: 'string' },
    annotations: acting,
    run: async (app, { session_id, ...request }, { lockdown, signal }) => {
      const { withoutWords } = await import('../../workers/sight/dialogs/dialog.ts');
      const {
        question: _quoted,
        choice,
        choices,
        next,
        ...answered
      } = await answer(app, session_id, request, signal);
      const named = ({ number, label }: { number: number; label: string }) =>
        lockdown ? { number } : { number, label: plainName(label) };
      return {
        ...answered,
        ...(choice ? { choice: named(choice) } : {}),
        choices: choices.map(named),
        next: next && dialogForHost(lockdown ? withoutWords(next) : next),
      };
    },
    next: ({ answer: worker }) => ifHere(worker, observe(worker.session_id)),
  }),
  tool({
    name: 'interrupt_worker',
    description: 'Stop the turn of a worker; it keeps running.',
    params: { session_id },
    output: { ok: 'boolean', session_id: 'string', state: 'string' },
    annotations: acting,
    run: async (app, args) => {
      const { interruptWorker } = await import('../../workers/commands/interrupt.ts');
      return interruptWorker(app, sessionNamed(app, args.session_id));
    },
    next: ({ answer: { session_id } }) => observe(session_id),
  }),
  tool({
    name: 'handoff_worker',
    description: 'Another agent goes on with the work of a worker, in its folder. The old one ends.',
    params: {
      session_id,
      provider_id: named('or PROVIDER@ACCOUNT', 'codex-cli'),
      model: maybeName('sonnet'),
      note: maybeText('Keep the names'),
      keep: flag(false, 'do not end it'),
    },
    output: { ok: 'boolean', session_id: 'string', successor_id: 'string', successor: 'object' },
    annotations: { ...acting, destructiveHint: true },
    run: async (app, args, call) => {
      const { handOver } = await import('../../workers/commands/handoff/handoff.ts');
      const session = sessionNamed(app, args.session_id);
      const { provider_id: provider, model, note, keep } = args;
      const { successor } = await handOver(app, session, {
        to: { provider, model, account: null },
        note,
        keep,
        because: 'caller',
        tried: [],
      });
      call.reported.forget(session.id);
      call.reported.know(successor);
      return {
        ok: true,
        session_id: session.id,
        kept: keep,
        successor_id: successor,
        successor: sessionForHost(sessionNamed(app, successor)),
      };
    },
    next: ({ answer: { successor_id } }) => observe(successor_id),
  }),
  tool({
    name: 'resume_worker',
    description: 'Resume a worker whose process is gone (LOST), in its own conversation.',
    params: { session_id, task: maybeText('Now fix the tests', 'else it continues what was cut off') },
    output: { ok: 'boolean', session_id: 'string', run: 'integer', mode: 'string' },
    annotations: acting,
    run: async (app, args, call) => {
      const { resumeWorker } = await import('../../workers/commands/resume/resume.ts');
      const session = sessionNamed(app, args.session_id);
      const resumed = await resumeWorker(app, session, { task: args.task, conversation: null });
      call.reported.know(session.id);
      // A brief quotes the worker.
      const { text: _quoted, warnings: _named, folder: _folder, ...how } = resumed;
      return { ok: true, ...how };
    },
    next: ({ answer: { session_id } }) => observe(session_id),
  }),
  tool({
    name: 'terminate_worker',
    description:
      'End a worker and everything it started. Do it for every worker you spawned, after collect_worker_artifacts. Artifacts are kept.',
    params: { session_id, reason: maybeText('done', 'stored in the log') },
    output: {
      ok: 'boolean',
      session_id: 'string',
      state: 'string',
      already_terminated: 'boolean',
      ended: 'array',
    },
    annotations: { ...acting, destructiveHint: true, idempotentHint: true },
    run: async (app, { session_id, reason }, call) => {
      const { ended, ...termination } = await terminate(app, session_id, reason, call.signal);
      call.reported.forget(termination.session_id);
      // The command lines are the worker's own words.
      return { ...termination, reason, ended: ended.map(({ pid, signal }) => ({ pid, signal })) };
    },
    next: ({ app, answer: worker }) =>
      worker.machine === undefined ? afterEnding(app, worker.session_id) : null,
  }),
];

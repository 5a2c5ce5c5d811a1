import type { EventData, FoldedEvent } from '../../events/catalogue/index.ts';
import { bytes } from '../../lib/text/bytes.ts';
import { counted } from '../../lib/text/counted.ts';
import { type LostTo, lossIn } from '../leases/fleet-leases.ts';

/** An event for a person: a sentence, and the evidence for it, line by line. */
export interface EventDescription {
  description: string;
  evidence: string[];
}

/** Describes an event in plain words. Texts are as stored in the log: the caller must sanitize them before printing. */
export function describeEvent(event: FoldedEvent): EventDescription {
  const { description, evidence } = sentence(event);
  const notes = Object.entries(event.metadata).map(
    ([name, note]) => `${name}: ${typeof note === 'string' ? note : JSON.stringify(note)}`,
  );
  return { description, evidence: [...evidence, ...notes] };
}

function sentence(event: FoldedEvent): EventDescription {
  switch (event.type) {
    case 'worker.spawn_requested': {
      const { provider_id, role, isolation, repo_path, task, model } = event.data;
      const what = [role, isolation.replace('_', ' '), ...(model ? [model] : [])].join(', ');
      return described(`asked for a ${provider_id} worker (${what}) in ${repo_path}`, lines(task));
    }
    case 'worker.started': {
      const { adopted, process, tmux, command } = event.data;
      const how = adopted ? 'found running and adopted' : 'started';
      return described(`${how} in pane ${tmux.pane} as process ${process.pid}`, [command.join(' ')]);
    }
    case 'worker.spawn_failed':
      return described(`could not be made (${event.data.code}); what had been made was undone`, [
        event.data.reason,
      ]);
    case 'worker.prompt_delivered': {
      const { mode, delivery, chars, reason } = event.data;
      const what =
        delivery === 'unproven' ? 'the task was given to the worker' : 'the task reached the worker';
      const how = `${counted(chars, 'character')}, ${spoken(mode)}, ${delivery}`;
      return described(`${what}: ${how}${reason ? `: ${reason}` : ''}`);
    }
    case 'worker.message_sent': {
      const { turn, chars, text, continuation } = event.data;
      const sent = continuation
        ? 'it is asked to go on after the limit'
        : `a message of ${counted(chars, 'character')} is sent (turn ${turn})`;
      return described(sent, lines(text));
    }
    case 'worker.message_delivered': {
      const { delivery, reason } = event.data;
      return described(`the message is ${delivery}${reason ? `: ${reason}` : ''}`);
    }
    case 'worker.message_drafted': {
      const { chars, text } = event.data;
      return described(
        `${counted(chars, 'character')} were typed into its box and not submitted`,
        lines(text),
      );
    }
    case 'worker.keys_sent':
      return described(`raw keys went to the pane: ${event.data.keys.join(' ')}`);
    case 'worker.interrupted':
      return described(`asked to stop its turn with ${event.data.keys.join(' ')}`);
    case 'worker.transitioned':
      return transitioned(event.data);
    case 'worker.limit_warned': {
      const { rule, evidence, resets_at_text } = event.data;
      const until = resets_at_text ? `, resets ${resets_at_text}` : '';
      return described(`the screen speaks of a limit${until} (rule ${rule})`, evidence);
    }
    case 'worker.retrying':
      return described(`was refused and tries again (rule ${event.data.rule})`, event.data.evidence);
    case 'worker.recovered':
      return described('works on without trying again');
    case 'worker.observations_omitted':
      return described(`its screen changes too fast: not every ${event.data.observations} is recorded`);
    case 'worker.watch_failed':
      return described(`cannot be watched: ${event.data.error}`);
    case 'worker.watch_restored':
      return described('is watched again');
    case 'worker.exited': {
      const { code, signal, result } = event.data;
      const how = signal ? `by signal ${signal}` : `with code ${code ?? 'unknown'}`;
      return described(`the process ended ${how}, its result is ${result}`);
    }
    case 'worker.deadline_exceeded':
      return described(`ran longer than the ${event.data.max_runtime_seconds} s it was allowed`);
    case 'worker.lost':
      return described('is gone, and no process saw it end', [event.data.reason]);
    case 'worker.collected': {
      const { changed_files, artifacts, result, violation } = event.data;
      const files =
        changed_files.length === 0 ? 'no changed files' : counted(changed_files.length, 'changed file');
      const summary = `collected: ${files}, ${counted(artifacts.length, 'artifact')}, its result is ${result}`;
      return described(summary, [...changed_files, ...(violation ? [`violation: ${violation}`] : [])]);
    }
    case 'worker.patch_applied':
      return described('its patch was applied', [event.data.repo]);
    case 'worker.files_removed': {
      const { files, bytes: size } = event.data;
      const what = files === 'recording' ? 'its recording was' : 'its artifacts were';
      return described(`${what} removed by gc (${bytes(size)})`);
    }
    case 'worker.termination_requested':
      return described(`its end was asked for by process ${event.data.requester.pid}`);
    case 'worker.terminated': {
      const { ended } = event.data;
      const whom =
        ended.length === 0 ? 'nothing was running any more' : `${counted(ended.length, 'process')} ended`;
      return described(
        `terminated: ${whom}`,
        ended.map(({ pid, command, signal }) => `${signal} ${pid} ${command}`),
      );
    }
    case 'worktree.created':
      return described(`its work tree was made on branch ${event.data.branch}`, [event.data.path]);
    case 'worktree.removed': {
      const { branch, branch_kept, forced, path, by } = event.data;
      const outcome = branch_kept ? 'kept' : 'deleted';
      const how = by === 'gc' ? ' by gc' : forced ? ' by force' : '';
      return described(`its work tree was removed${how}; branch ${branch} was ${outcome}`, [path]);
    }
    case 'worker.queued': {
      const { provider_id, role, reason, task, not_before } = event.data;
      const from = not_before === null ? '' : `, not before ${not_before}`;
      return described(
        `a ${provider_id} worker (${role}) waits for its start: ${reason}${from}`,
        lines(task),
      );
    }
    case 'worker.queue_moved':
      return described('got another place in the queue');
    case 'worker.requeued':
      return described(`waits for its start again: ${event.data.reason}`);
    case 'worker.dequeued':
      return described(`was dropped from the queue: ${event.data.reason}`);
    case 'worker.conversation_identified':
      return described(`its conversation is ${event.data.conversation_id} (${event.data.source})`);
    case 'worker.resume_requested': {
      const { run, mode, conversation_id, text } = event.data;
      const how =
        mode === 'conversation'
          ? `in its conversation ${conversation_id}`
          : 'in a new conversation, with a brief of the work';
      return described(`run ${run} was asked for, ${how}`, text === null ? [] : lines(text));
    }
    case 'worker.resume_failed':
      return described(`the run could not be started (${event.data.code})`, [event.data.reason]);
    case 'worker.parked': {
      const { because, until, known_from, continues_itself, tried } = event.data;
      const why = because === 'limit' ? 'at a limit' : 'after a turn that was cut short by a near limit';
      const when = until === null ? 'its reset is not known' : `until ${until} (${known_from})`;
      const goesOn = continues_itself ? ', then the agent goes on by itself' : '';
      return described(
        `parked ${why}, ${when}${goesOn}`,
        tried.map(({ provider_id, reason }) => `${provider_id} was not taken: ${reason}`),
      );
    }
    case 'worker.park_ended':
      return described(`is not continued any more: ${spoken(event.data.reason)}`);
    case 'worker.handover_requested': {
      const { to, successor, because, note, tried } = event.data;
      const who = because === 'caller' ? 'its caller asked for that' : 'it stopped at a limit';
      return described(`is to be handed over to ${to.provider_id} as ${successor}: ${who}`, [
        ...tried.map(({ provider_id, reason }) => `${provider_id} was not taken: ${reason}`),
        ...(note === null ? [] : lines(note)),
      ]);
    }
    case 'worker.handed_over':
      return described(`was handed over to ${event.data.successor}`);
    case 'worker.handover_failed': {
      const { successor, code, reason } = event.data;
      return described(`could not be handed over to ${successor} (${code})`, [reason]);
    }
    case 'worker.took_over':
      return described(`took over the work of ${event.data.predecessor}`);
    case 'lease.acquired': {
      const { session_id, path, mode, fence, expires_at } = event.data;
      const until = expires_at ? ` until ${expires_at}` : '';
      return described(
        `${session_id} may ${mode} ${path || 'the whole repository'}${until} (fence ${fence})`,
      );
    }
    case 'lease.upgraded':
      return described(`lease ${event.data.lease_id} is a write lease now (fence ${event.data.fence})`);
    case 'lease.renewed': {
      const { lease_id, expires_at } = event.data;
      return described(`lease ${lease_id} goes on ${expires_at ? `until ${expires_at}` : 'without an end'}`);
    }
    case 'lease.released':
      return described(`lease ${event.data.lease_id} was released: ${event.data.reason}`);
    case 'lease.expired':
      return described(`lease ${event.data.lease_id} ${endOf(lossIn(event.metadata))}`);
    case 'usage.sampled':
      return sampled(event.data);
    case 'provider.models_listed': {
      const { provider_id, models } = event.data;
      const ids = models.map(({ id }) => id);
      return described(`${provider_id} says that it takes ${counted(models.length, 'model')}`, ids);
    }
    case 'fleet.joined':
      return described(`joined a fleet as ${event.data.name}`, [event.data.address]);
    case 'fleet.left':
      return described('left the fleet', []);
    case 'steering.requested':
      return asks(event.data);
    case 'steering.withdrawn':
      return described('does not wait any longer for the other machine to decide');
    case 'steering.accepted': {
      const { from_machine, ask, session_id, asked_by } = event.data;
      return described(`does what ${from_machine} asks for: ${ask} ${session_id}`, [callerWords(asked_by)]);
    }
    case 'steering.refused': {
      const { from_machine, ask, code, message, asked_by } = event.data;
      return described(`does not do what ${from_machine} asks for: ${ask} (${code})`, [
        message,
        callerWords(asked_by),
      ]);
    }
    case 'steering.carried_out': {
      const { error } = event.data;
      return error === null
        ? described('what another machine asked for was carried out')
        : described(`what another machine asked for has failed (${error.code})`, [error.message]);
    }
    case 'fleet.artifact_shared': {
      const { kind, session_id, sha256, bytes: size } = event.data;
      return described(`shared the ${kind} of ${session_id} (${bytes(size)})`, [`sha256 ${sha256}`]);
    }
    case 'watcher.started':
      return described(`process ${event.data.pid} watches the panes (fence ${event.data.fence})`);
    case 'watcher.stopped':
      return described(`the watcher ended: ${event.data.reason} (fence ${event.data.fence})`);
  }
}

function asks({ machine_id, ask, asked_by }: EventData<'steering.requested'>): EventDescription {
  const what = ask.kind === 'spawn' ? `${ask.provider} in ${ask.repo}` : ask.session_id;
  const words = ask.kind === 'spawn' ? ask.task : ask.kind === 'terminate' ? ask.reason : ask.text;
  return described(`asks machine ${machine_id} to ${ask.kind}: ${what}`, [
    callerWords(asked_by),
    ...(words === null ? [] : lines(words)),
  ]);
}

const callerWords = ({ coordinator, actor }: EventData<'steering.requested'>['asked_by']): string =>
  `asked by ${coordinator} (${actor})`;

function transitioned(data: EventData<'worker.transitioned'>): EventDescription {
  const { observe_event, source, rule, evidence, question, readiness } = data;
  if (source === 'caller') return described(`its caller says that it has ${spoken(observe_event)}`);
  const ready = readiness ? `, ${spoken(readiness)}` : '';
  const known = question === null || evidence.some((line) => line.includes(question));
  const asked = known ? [] : lines(question);
  return described(`saw ${spoken(observe_event)} on the ${source} (rule ${rule})${ready}`, [
    ...evidence,
    ...asked,
  ]);
}

function sampled({
  provider_id,
  status,
  source,
  windows,
  warnings,
}: EventData<'usage.sampled'>): EventDescription {
  const left = windows.flatMap(({ name, remaining_percent }) =>
    remaining_percent === null ? [] : [`${spoken(name)} ${Math.round(remaining_percent)} % left`],
  );
  const from = source === null ? '' : ` (${source})`;
  return described(`limits of ${provider_id}: ${spoken(status)}${from}`, [...left, ...warnings]);
}

const described = (description: string, evidence: readonly string[] = []): EventDescription => ({
  description,
  evidence: [...evidence],
});

const lines = (text: string): string[] => text.split('\n');

const spoken = (word: string) => word.replaceAll('_', ' ');

const endOf = (loss: LostTo | null | undefined): string =>
  loss === undefined
    ? 'has expired'
    : loss === null
      ? 'was lost: the fleet could not be reached in time to renew it'
      : `was lost to ${loss.session_id} on ${loss.machine}`;

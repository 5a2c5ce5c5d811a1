import type { WorkerState } from '../../events/catalogue/words.ts';
import { shell } from '../../lib/text/shell.ts';
import type { Step } from './status-schema.ts';

/** The commands that make sense for a worker in this state, the most urgent first. */
export function stepsFor({ id, state, alive }: { id: string; state: WorkerState; alive: boolean }): Step[] {
  const observe = shell`agentpool observe ${id} --wait-for any --timeout 300`;
  const collect = { what: 'collect its work', command: shell`agentpool collect ${id}` };
  const end = { what: 'end it', command: shell`agentpool terminate ${id}` };
  if (!alive) return [collect];
  switch (state) {
    case 'AWAITING_USER_INPUT':
      return [
        { what: 'see what it asks', command: shell`agentpool explain ${id}` },
        { what: 'answer it', command: shell`agentpool send ${id} "..."` },
        { what: 'keep waiting', command: observe },
        end,
      ];
    case 'AWAITING_APPROVAL':
      return [
        { what: 'see what it asks', command: shell`agentpool explain ${id}` },
        { what: 'take a choice', command: shell`agentpool answer ${id} --choice 1` },
        { what: 'keep waiting', command: observe },
        end,
      ];
    case 'COMPLETED':
    case 'FAILED':
    case 'CANCELLED':
      return [collect, end];
    case 'IDLE':
      return [
        { what: 'see what it wrote', command: shell`agentpool transcript ${id} --tail-lines 40` },
        { what: 'give it more work', command: shell`agentpool send ${id} "..."` },
        collect,
        end,
      ];
    default:
      return [
        { what: 'wait for it', command: observe },
        { what: 'look at it', command: shell`agentpool attach ${id} --exec` },
        end,
      ];
  }
}

/** Whether a worker does nothing until a person or a coordinator answers. */
export const isWaiting = ({ state, alive }: { state: WorkerState; alive: boolean }): boolean =>
  alive && (state === 'AWAITING_USER_INPUT' || state === 'AWAITING_APPROVAL');

import type { WorkerState } from '../../../events/catalogue/words.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { Step } from './status-schema.ts';

/** What is known of a question: the choices of its dialog, or the words that it offers in prose. */
export interface QuestionFacts {
  choices: readonly { number: number; label: string; checked: boolean | null }[];
  /** What its dialog takes; null for a question in prose. */
  form: { multi_select: boolean; text_field: unknown; review: boolean } | null;
  /** Empty if it offers none. */
  words: readonly string[];
  /** Only a person may answer it, in the worker's own terminal. */
  isAboutMoney: boolean;
}

interface Worker {
  id: string;
  state: WorkerState;
  alive: boolean;
  /** The rule that has seen the screen; null where it is not known. */
  rule?: string | null;
  /** Absent where its screen was not read. */
  asking?: QuestionFacts | null;
}

/** The commands that make sense for a worker in this state, the most urgent first. */
export function stepsFor({ id, state, alive, rule = null, asking = null }: Worker): Step[] {
  const observe = shell`agentpool observe ${id} --wait-for any --timeout 300`;
  const collect = { what: 'collect its work', command: shell`agentpool collect ${id}` };
  const end = { what: 'end it', command: shell`agentpool terminate ${id}` };
  const resume = { what: 'go on with it', command: shell`agentpool resume ${id}` };
  const other = {
    what: 'go on with another agent',
    command: shell`agentpool handoff ${id} --provider NAME`,
  };
  if (state === 'QUEUED')
    return [
      { what: 'see the queue', command: 'agentpool queue' },
      { what: 'drop it', command: shell`agentpool queue remove ${id}` },
    ];
  if (!alive && state === 'LOST') return [resume, other, collect];
  if (!alive && state === 'FAILED') return [lastWords(id), collect];
  if (!alive) return [collect];
  switch (state) {
    case 'AWAITING_USER_INPUT':
    case 'AWAITING_APPROVAL':
      return [...answersTo({ id, rule }, state, asking), { what: 'keep waiting', command: observe }, end];
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
    case 'PARKED':
      return [{ what: 'wait for it', command: observe }, other, end];
    default:
      return [
        { what: 'wait for it', command: observe },
        { what: 'look at it', command: shell`agentpool attach ${id}` },
        end,
      ];
  }
}

/** The commands that answer what a worker asks. They fit its screen: none is named that this screen would refuse. */
function answersTo(
  { id, rule }: { id: string; rule: string | null },
  state: WorkerState,
  asking: QuestionFacts | null,
): Step[] {
  const see = { what: 'see what it asks', command: shell`agentpool explain ${id}` };
  const attach = { what: 'answer it yourself', command: shell`agentpool attach ${id}` };
  if (!asking) return [see, ...byRule(id, rule)];
  if (asking.isAboutMoney) return [attach];
  return [...answers(id, state, asking), { ...attach, what: 'see it' }];
}

function answers(id: string, state: WorkerState, { choices, words, form }: QuestionFacts): Step[] {
  if (form?.review) return [{ what: 'submit it', command: shell`agentpool answer ${id} --submit` }];
  if (form?.multi_select) {
    const boxes = choices.filter(({ checked }) => checked !== null).slice(0, 2);
    const numbers = boxes.map(({ number }) => number).join(',');
    return [{ what: 'tick choices', command: shell`agentpool answer ${id} --choices ${numbers}` }];
  }
  if (form && choices.length === 0)
    return [{ what: 'answer it', command: shell`agentpool answer ${id} --text "..."` }];
  // The labels of an approval say what each choice allows; those of a question are on the screen above.
  const named = state === 'AWAITING_APPROVAL' ? choices : choices.slice(0, 1);
  if (named.length > 0)
    return named.map(({ number, label }, index) => ({
      what: index === 0 ? 'take a choice' : '',
      command: shell`agentpool answer ${id} --choice ${number} ${beginning(label)}`,
    }));
  if (words.length === 0) return [{ what: 'answer it', command: shell`agentpool send ${id} "..."` }];
  return words.map((word, index) => ({
    what: index === 0 ? 'answer it' : '',
    command: shell`agentpool send ${id} ${word}`,
  }));
}

/** Enough of a label to recognise it. */
const beginning = (label: string): string => /^.{0,40}(?=\s|$)/u.exec(label)?.[0] || label.slice(0, 40);

/** A menu takes a choice; an approval in prose takes words, and a choice only where it ends in letters (`[y/N]`). */
function byRule(id: string, rule: string | null): Step[] {
  const choose = { what: 'take a choice', command: shell`agentpool answer ${id} --choice 1` };
  const say = { what: 'answer it', command: shell`agentpool send ${id} "..."` };
  if (rule !== null) return [isProse(rule) ? say : choose];
  return [
    { ...choose, what: 'if it shows a menu' },
    { ...say, what: 'if it asks in words' },
  ];
}

/** The general rules for text that no agent draws as a dialog. */
const isProse = (rule: string): boolean => rule.startsWith('plain-') || rule.includes('prose');

/** How to read what a worker has printed before it ended. */
export const lastWords = (id: string): Step => ({
  what: 'read its last words',
  command: shell`agentpool transcript ${id} --tail-lines 40`,
});

/** Whether a worker does nothing until a person or a coordinator answers. */
export const isWaiting = ({ state, alive }: { state: WorkerState; alive: boolean }): boolean =>
  alive && (state === 'AWAITING_USER_INPUT' || state === 'AWAITING_APPROVAL');

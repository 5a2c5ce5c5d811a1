import type { ModelAnswer, ModelRequest, Question, Reply } from './answer.ts';
import { briefResult, resultBlock } from './result.ts';

/** The answer to a request. Pure: the same request gives the same answer. */
export function answerTo({ text, toolResult, tools, order, results, markers }: ModelRequest): ModelAnswer {
  if (tools.length === 0) return { kind: 'say', text: 'A short title' };
  // Claude loads the tool that presents a plan only when it is searched for.
  if (/mock: plan/.test(order) && results.length === 1 && tools.includes('ToolSearch')) return PLAN;
  const limit = LIMIT.exec(order);
  if (limit) return edit(limit, results.length, markers);
  if (toolResult !== null) return { kind: 'say', text: `The tool said: ${oneLine(toolResult)}` };
  const [, verb = '', rest = ''] = [...text.matchAll(/mock: (\w+)(?: ([^\n]*))?/g)].at(-1) ?? [];
  switch (verb) {
    case 'run':
      return { kind: 'run', command: rest.trim() };
    case 'ask':
      return { kind: 'ask', questions: [ORDER] };
    case 'askmulti':
      return { kind: 'ask', questions: [PARTS] };
    case 'asktwo':
      return { kind: 'ask', questions: [ORDER, CHECKS] };
    case 'askmixed':
      return { kind: 'ask', questions: [ORDER, PARTS] };
    case 'askwords':
      return { kind: 'ask', questions: [NAME] };
    case 'plan':
      return PLAN;
    case 'write':
      return { kind: 'write', file: rest.trim(), content: 'written by the mock model\n' };
    case 'slow':
      return { kind: 'slow', words: Array.from({ length: 100 }, (_, index) => `word${index} `) };
    case '429':
      return { kind: 'fail', status: 429, message: 'This request would exceed your rate limit.' };
    case 'quota':
      return {
        kind: 'fail',
        status: 429,
        isUsedUp: true,
        message: 'You exceeded your current quota, please check your plan and billing details.',
      };
    case '401':
      return { kind: 'fail', status: 401, message: 'The API key is not valid. Pass a valid API key.' };
    case '500':
      return { kind: 'fail', status: 500, message: 'Internal server error' };
    case 'result':
      return said(resultBlock('The mock model followed its order.', { markers }));
    case 'brief':
      return said(briefResult('The mock model was brief.', markers));
    case 'findings':
      return said(
        resultBlock('The mock model has found a lot.', {
          findings: Array.from({ length: Number(rest) || 90 }, (_, index) => `finding ${index} is here`),
          markers,
        }),
      );
    case 'say':
      return { kind: 'say', text: rest.trim() };
    default:
      return { kind: 'say', text: 'There is nothing more to do.' };
  }
}

const LIMIT = /mock: limit ([\d.]+) (\S+)( unsaid)?/;

/** An edit in two parts, with a limit between them. */
function edit(
  [order, seconds, file, unsaid]: RegExpExecArray,
  done: number,
  markers?: string | null,
): ModelAnswer {
  if (done === 0) return { kind: 'run', command: `echo one > ${file}` };
  if (done > 1) return said(resultBlock('The edit is whole.', { markers }));
  const then: Reply = { kind: 'run', command: `echo two >> ${file}` };
  return { kind: 'limited', order, seconds: Number(seconds), then, isSaid: unsaid === undefined };
}

const said = (block: string): Reply => ({ kind: 'say', text: markdown(block) });

const PLAN: ModelAnswer = { kind: 'plan', plan: '# The plan\n\n1. Read the file.\n2. Change it.' };
const ORDER: Question = {
  id: 'order',
  header: 'Order',
  question: 'Which one comes first?',
  options: ['the migrations', 'the endpoints'],
  multiple: false,
};
const CHECKS: Question = {
  id: 'checks',
  header: 'Checks',
  question: 'Which checks are to run?',
  options: ['the unit tests', 'every test'],
  multiple: false,
};
const PARTS: Question = {
  id: 'parts',
  header: 'Parts',
  question: 'Which parts may change?',
  options: ['the parser', 'the printer', 'the tests'],
  multiple: true,
};
const NAME: Question = {
  id: 'name',
  header: 'Name',
  question: 'What is the new name?',
  options: [],
  multiple: false,
};

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 120);

/** Agents render Markdown, which joins consecutive lines to one paragraph. */
const markdown = (block: string): string => block.replace(/^(AGENTPOOL_\w+|[A-Z][\w ]+:.*)$/gm, '\n$1\n');

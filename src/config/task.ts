/** Whole phrases that stand in for a task in examples and templates, after brackets, quotes and case are gone. */
const STAND_INS = new Set([
  'task',
  'the task',
  'your task',
  'my task',
  'a task',
  'some task',
  'actual task',
  'task text',
  'task description',
  'prompt',
  'your prompt',
  'the prompt',
  'message',
  'your message',
  'instructions',
  'your instructions',
  'todo',
  'tbd',
  'fixme',
  'placeholder',
  'example task',
  'sample task',
  'lorem ipsum',
  'undefined',
  'null',
  'none',
  'n/a',
  'xxx',
  'foo',
]);

const ASKS_FOR_ONE =
  /^(?:(?:please )?(?:insert|put|enter|write|type|paste|add|describe|replace(?: this)? with)\s+)?(?:the |your |a |an |actual |real |delegated |own )*(?:task|prompt|instructions?)(?: text| description)? (?:goes )?here$/;

/** One name in brackets or behind a sign, as templates write their gaps: <task>, {{ task }}, $TASK, %TASK%, @file. */
const GAP = /^(?:<[^<>]*>|\[[\w-]+\]|\{+\s*[\w-]+\s*\}+|\$\{?\w+\}?|%\w+%|@\S+)$/;

/**
 * Whether a text is what stands in an example where the task belongs, and no task: a worker that is given it burns a
 * turn on asking. Only the whole text counts, so a real task may speak of `<task>` or of @files.
 */
export function isPlaceholderTask(text: string): boolean {
  const trimmed = text.trim();
  if (!/[\p{L}\p{N}]/u.test(trimmed)) return true;
  if (GAP.test(trimmed)) return true;
  const phrase = trimmed
    .toLowerCase()
    .replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    .replaceAll(/[\s_-]+/g, ' ');
  return STAND_INS.has(phrase) || ASKS_FOR_ONE.test(phrase);
}

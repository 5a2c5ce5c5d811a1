/** Placeholder phrases of examples and templates, lowercase and without brackets and quotes. */
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

/**
 * A single name in brackets or after a sign, as templates write placeholders: <task>, {{ task }}, $TASK, %TASK%, @file.
 */
const GAP = /^(?:<[^<>]*>|\[[\w-]+\]|\{+\s*[\w-]+\s*\}+|\$\{?\w+\}?|%\w+%|@\S+)$/;

/**
 * Whether a text is a placeholder from an example and not a task: a worker that receives a placeholder wastes a
 * turn on asking. Only the whole text counts, so a real task may mention `<task>` or @files.
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

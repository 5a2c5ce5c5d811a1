import { described, type ModelAnswer, type Question, type ToolCall, toolNamed } from './answer.ts';

/** The part of a JSON schema that says which arguments a tool takes. */
export interface Schema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
}

/** A tool as an agent offers it to the model. */
export interface OfferedTool {
  name: string;
  /** Left out where the agent does not say what its tool takes. */
  takes?: Schema | undefined;
}

/** What agents call their tools of a kind. */
const SHELLS = [
  'bash',
  'run_shell_command',
  'execute_command',
  'execute_bash',
  'run_terminal_command',
  'run_commands',
  'runterminalcommand',
  'shell',
  'shell_command',
  'execute',
  'launch-process',
  'developer__shell',
];
const WRITERS = [
  'write',
  'write_file',
  'write_to_file',
  'writefile',
  'create',
  'create_file',
  'createnewfile',
  'create_new_file',
  'save-file',
  'editor',
  'developer__text_editor',
];
const ASKERS = [
  'question',
  'ask_user',
  'ask_user_question',
  'askuserquestion',
  'askuser',
  'ask_question',
  'askquestion',
  'ask_followup_question',
  'ask-user',
];

/** The arguments of a tool for each kind of answer, by the names that agents give them. */
type Facts = Readonly<Record<string, unknown>>;

/** The tool call with which the model does what it is to do; null where the agent offers no tool for it. */
export function toolCall(answer: ModelAnswer, offered: readonly OfferedTool[]): ToolCall | null {
  switch (answer.kind) {
    case 'run':
      return called(SHELLS, commandFacts(answer.command), offered);
    case 'write':
      return called(WRITERS, fileFacts(answer), offered);
    case 'ask':
      return called(ASKERS, questionFacts(answer.questions), offered);
    case 'call': {
      const tool = offered.find(({ name }) => name === answer.tool || name.endsWith(`_${answer.tool}`));
      return tool ? { tool: tool.name, input: answer.input } : null;
    }
    default:
      return null;
  }
}

function called(names: readonly string[], facts: Facts, offered: readonly OfferedTool[]): ToolCall | null {
  const tool = toolNamed(
    offered.map(({ name }) => name),
    names,
  );
  if (tool === undefined) return null;
  const takes = offered.find(({ name }) => name === tool)?.takes;
  return { tool, input: takes?.properties ? objectOf(takes, facts) : facts };
}

const commandFacts = (command: string): Facts => ({
  command,
  cmd: command,
  commands: [command],
  requires_approval: true,
  description: 'Do what was asked',
});

const fileFacts = ({ file, content }: Extract<ModelAnswer, { kind: 'write' }>): Facts => ({
  ...each(['file_path', 'filePath', 'filepath', 'path', 'filename', 'target_file'], file),
  ...each(['content', 'contents', 'file_text', 'file_content', 'text', 'new_text'], content),
  command: 'create',
});

function questionFacts(questions: readonly Question[]): Facts {
  const [first] = questions;
  const one = first ? { ...questionFactsOf(first), message: first.question } : {};
  return { ...one, questions: questions.map(questionFactsOf), requestedSchema: form(questions) };
}

const questionFactsOf = ({ id, header, question, options, multiple }: Question): Facts => ({
  id,
  header,
  title: header,
  question,
  type: 'choice',
  ...each(['options', 'choices', 'follow_up', 'suggestions'], described(options)),
  ...each(['multiSelect', 'multi_select', 'multiple', 'allow_multiple'], multiple),
});

/** The form of Copilot's `ask_user`: a JSON schema of what the user is to fill in. */
function form(questions: readonly Question[]): object {
  const fields = questions.map(({ id, header, question, options, multiple }) => {
    const about = { title: header, description: question };
    const choice = { type: 'string', enum: options };
    if (options.length === 0) return [id, { ...about, type: 'string' }];
    return [id, multiple ? { ...about, type: 'array', items: choice } : { ...about, ...choice }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    required: questions.map(({ id }) => id),
  };
}

const each = (names: readonly string[], value: unknown): Facts =>
  Object.fromEntries(names.map((name) => [name, value]));

/** A value that the schema accepts: what is known by its name, and where it must be there, anything else of its type. */
export function objectOf(schema: Schema, facts: Facts): Record<string, unknown> {
  const must = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (name in facts) return [[name, fitted(field, facts[name])]];
    return must.has(name) ? [[name, anyOf(field)]] : [];
  });
  return Object.fromEntries(fields);
}

/** Options are plain words for one agent, and have a label and a description for another. */
function fitted(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value) && schema.items) return value.map((item) => fitted(schema.items ?? {}, item));
  if (!isRecord(value)) return value;
  const { label } = value;
  if (schema.properties) return objectOf(schema, label ? { text: label, value: label, ...value } : value);
  return typeOf(schema) === 'string' ? value.label : value;
}

function anyOf(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return anyOf(schema.anyOf[0]);
  switch (typeOf(schema)) {
    case 'boolean':
      return false;
    case 'number':
    case 'integer':
      return 1;
    case 'array':
      return [];
    case 'object':
      return objectOf(schema, {});
    default:
      return 'As it was asked';
  }
}

/** Google's own form of a schema has the names of types in capitals. */
const typeOf = ({ type }: Schema): string =>
  (typeof type === 'string' ? type : (type?.[0] ?? '')).toLowerCase();

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A tool call that the model makes. */
export interface ToolCall {
  tool: string;
  input: object;
}

/** A request to the model, whatever API it came through. */
export interface ModelRequest {
  model: string;
  /** The newest text that the user wrote; '' when there is none. */
  text: string;
  /** The answer of a tool, when that is the newest message. */
  toolResult: string | null;
  /** The newest text in which the user gave an order, and the answers of tools since then, oldest first. */
  order: string;
  results: readonly string[];
  /** What the markers of a result begin with, where the conversation says it. */
  markers?: string | null;
  /** What the host tells the model, where the API has it. */
  system?: string;
  /** Names of the tools that the agent offers. */
  tools: readonly string[];
}

/** What it asks with the agent's tool for questions; without options it asks for words, where the tool can. */
export interface Question {
  id: string;
  header: string;
  question: string;
  options: readonly string[];
  /** Whether several options may be taken. */
  multiple: boolean;
}

/** What the model does; each API encodes it in its own format. */
export type ModelAnswer =
  | { kind: 'say'; text: string }
  | { kind: 'slow'; words: readonly string[] }
  | { kind: 'run'; command: string }
  | { kind: 'ask'; questions: readonly Question[] }
  | { kind: 'write'; file: string; content: string }
  | { kind: 'plan'; plan: string }
  | ({ kind: 'call' } & ToolCall)
  | Limited
  | ModelFailure;

/** An answer that is neither a failure nor waits for a limit. */
export type Reply = Exclude<ModelAnswer, ModelFailure | Limited>;

/** Refused for so many seconds, from the first request of its order on; answered then. */
export interface Limited {
  kind: 'limited';
  order: string;
  seconds: number;
  /** Whether the refusal says when the limit resets. */
  isSaid: boolean;
  then: Reply;
}

export interface ModelFailure {
  kind: 'fail';
  status: 401 | 429 | 500;
  message: string;
  /** What was paid for is used up: no pause helps. */
  isUsedUp?: true;
  /** Of a used-up limit: when it resets, epoch in milliseconds. */
  resetsAt?: number;
}

/** What the model says to a request. */
export type Scenario = (request: ModelRequest) => ModelAnswer;

/** Whether a text gives the model an order. */
export const isOrder = (text: string): boolean => /mock: \w/.test(text);

/** The answer in prose when the agent has no tool for it. */
export const inProse = (answer: ModelAnswer): ModelAnswer =>
  answer.kind === 'ask'
    ? { kind: 'say', text: answer.questions.map(({ question }) => question).join('\n') }
    : answer.kind === 'plan'
      ? { kind: 'say', text: answer.plan }
      : answer;

/** The options of a question as most tools take them. */
export const described = (options: readonly string[]): { label: string; description: string }[] =>
  options.map((label) => ({ label, description: `Begin with ${label}` }));

/** The agent's name for a tool of that kind; undefined when it has none. */
export const toolNamed = (tools: readonly string[], names: readonly string[]): string | undefined =>
  names.find((name) => tools.includes(name)) ?? tools.find((tool) => names.includes(tool.toLowerCase()));

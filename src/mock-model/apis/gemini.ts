import type { ServerResponse } from 'node:http';
import {
  inProse,
  isOrder,
  type ModelAnswer,
  type ModelFailure,
  type ModelRequest,
  type Reply,
} from '../answer.ts';
import { secondsLeft } from '../limits.ts';
import { markersIn } from '../result.ts';
import { TOKENS } from '../tokens.ts';
import { type OfferedTool, objectOf, type Schema, toolCall } from '../tools.ts';
import type { Api } from './api.ts';
import { json } from './json.ts';
import { EventStream, sendText } from './stream.ts';

interface Part {
  text?: string;
  functionResponse?: { name: string; response?: unknown };
}

interface Content {
  role?: string;
  parts?: Part[];
}

interface FunctionDeclaration {
  name: string;
  parameters?: Schema;
  parametersJsonSchema?: Schema;
}

interface GenerateRequest {
  contents?: Content[];
  systemInstruction?: Content;
  tools?: { functionDeclarations?: FunctionDeclaration[] }[];
  generationConfig?: { responseMimeType?: string; responseSchema?: Schema; responseJsonSchema?: Schema };
}

/** Where the model's name and the method are: `models/X:streamGenerateContent`. */
const METHOD = /\/models\/([^/:]+):(\w+)$/;

/** The method of Google's API that a path names; null for any other path. */
export const geminiMethod = (path: string): string | null => METHOD.exec(path)?.[2] ?? null;

/** Google's `:streamGenerateContent` as server-sent events, and `:generateContent`. */
export const generateContent = (path: string): Api<GenerateRequest> => ({
  parseRequest: (body) => parseRequest(body, METHOD.exec(path)?.[1] ?? 'mock'),
  refuse,
  reply: (answer, asked, body, response) =>
    geminiMethod(path) === 'generateContent'
      ? plain(answer, asked, body, response)
      : streamed(answer, asked, body, response),
});

/** `:countTokens`. */
export const countGeminiTokens = (response: ServerResponse) =>
  json(response, 200, { totalTokens: TOKENS.input });

async function streamed(
  answer: Reply,
  { model }: ModelRequest,
  body: GenerateRequest,
  response: ServerResponse,
): Promise<void> {
  const stream = new EventStream(response);
  const send = (parts: object[], isLast = false) => stream.send(chunk(model, parts, isLast));
  const call = toolCall(answer, offeredIn(body));
  if (call) send([functionCall(call.tool, call.input)]);
  else await sendText(stream, inProse(answer), (text) => send([{ text }]));
  send([{ text: '' }], true);
  stream.end();
}

function plain(answer: Reply, { model }: ModelRequest, body: GenerateRequest, response: ServerResponse) {
  const call = toolCall(answer, offeredIn(body));
  const part = call ? functionCall(call.tool, call.input) : { text: wordsOf(inProse(answer), body) };
  json(response, 200, chunk(model, [part], true));
}

/** Side questions of the agent's own want an object of a given form. */
function wordsOf(answer: ModelAnswer, { generationConfig = {} }: GenerateRequest): string {
  const { responseMimeType, responseSchema, responseJsonSchema } = generationConfig;
  const form = responseJsonSchema ?? responseSchema;
  if (responseMimeType === 'application/json') return JSON.stringify(objectOf(form ?? {}, {}));
  return answer.kind === 'say' ? answer.text : '';
}

const functionCall = (name: string, args: object) => ({
  functionCall: { id: `call-${++count}`, name, args },
});

const chunk = (model: string, parts: object[], isLast: boolean) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...(isLast ? { finishReason: 'STOP' } : {}) }],
  modelVersion: model,
  ...(isLast ? { usageMetadata } : {}),
});

const usageMetadata = {
  promptTokenCount: TOKENS.input,
  cachedContentTokenCount: TOKENS.cache_read,
  candidatesTokenCount: TOKENS.output,
  thoughtsTokenCount: TOKENS.reasoning,
  totalTokenCount: TOKENS.input + TOKENS.output,
};

const offeredIn = ({ tools = [] }: GenerateRequest): OfferedTool[] =>
  tools
    .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
    .map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      takes: parametersJsonSchema ?? parameters,
    }));

function parseRequest(body: GenerateRequest, model: string): ModelRequest {
  const users = (body.contents ?? []).filter(({ role }) => role !== 'model');
  const last = users.at(-1);
  const text = textOf(last);
  // A note of the agent's own may stand beside the answer of a tool.
  const result = isOrder(text) ? undefined : resultsIn(last).at(-1);
  const ordered = users.findLastIndex((content) => isOrder(textOf(content)));
  return {
    model,
    text,
    toolResult: result ?? null,
    order: textOf(users[ordered]),
    results: users.slice(ordered + 1).flatMap(resultsIn),
    markers: markersIn(users.map(textOf).join('\n')),
    system: textOf(body.systemInstruction),
    tools: offeredIn(body).map(({ name }) => name),
  };
}

const textOf = (content?: Content): string =>
  (content?.parts ?? []).flatMap(({ text }) => (text ? [text] : [])).join('\n');

const resultsIn = (content?: Content): string[] =>
  (content?.parts ?? []).flatMap(({ functionResponse }) =>
    functionResponse ? [wordsOfResponse(functionResponse.response)] : [],
  );

const wordsOfResponse = (response: unknown): string => {
  const { output, error } = (response ?? {}) as { output?: unknown; error?: unknown };
  const words = output ?? error ?? response;
  return typeof words === 'string' ? words : JSON.stringify(words ?? '');
};

const STATUS = { 401: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL' } as const;

/** A key that is not accepted is a 400 there. */
function refuse({ status, message, resetsAt, isUsedUp }: ModelFailure, response: ServerResponse): void {
  const code = status === 401 ? 400 : status;
  json(response, code, { error: { code, message, status: STATUS[status], details: details() } });

  function details(): object[] {
    if (status === 401) return [{ '@type': `${RPC}ErrorInfo`, reason: 'API_KEY_INVALID', domain: GOOGLE }];
    if (status === 500) return [];
    const period = isUsedUp ? 'Day' : 'Minute';
    const quotaId = `GenerateRequestsPer${period}PerProjectPerModel-FreeTier`;
    const wait = resetsAt === undefined ? [] : [{ ...RETRY, retryDelay: `${secondsLeft(resetsAt)}s` }];
    return [{ '@type': `${RPC}QuotaFailure`, violations: [{ quotaId }] }, ...wait];
  }
}

const RPC = 'type.googleapis.com/google.rpc.';
const RETRY = { '@type': `${RPC}RetryInfo` };
const GOOGLE = 'googleapis.com';

let count = 0;

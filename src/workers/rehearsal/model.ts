import { monotonic } from '../../lib/time/monotonic.ts';
import type { ModelAnswer, ModelRequest } from '../../mock-model/answer.ts';
import { answerTo } from '../../mock-model/scenario.ts';
import { startMockModel } from '../../mock-model/server.ts';

/** What the agent asked of the model, and what it got. */
export interface AnsweredRequest {
  request: ModelRequest;
  answer: ModelAnswer['kind'];
  /** By the clock that cannot be set. */
  at: number;
}

/** The model of a rehearsal: it knows what the agent is really doing, whatever the screen shows. */
export interface RehearsedModel {
  url: string;
  /** Every exchange so far, oldest first. */
  exchanges: readonly AnsweredRequest[];
  /** Whether the agent waits for an answer now. */
  isAnswering(): boolean;
  close(): Promise<void>;
}

export async function startModel(): Promise<RehearsedModel> {
  const exchanges: AnsweredRequest[] = [];
  const mock = await startMockModel({
    scenario: (request) => {
      const answer = answerTo(request);
      exchanges.push({ request, answer: answer.kind, at: monotonic() });
      return answer;
    },
  });
  return { url: mock.url, exchanges, isAnswering: () => mock.open > 0, close: mock.close };
}

/** What the model knows of one order: the exchanges about it since the order was given. */
export interface Known {
  about: readonly AnsweredRequest[];
  isAnswering: boolean;
  /** How long ago the agent asked last, in milliseconds; 0 if it never did. */
  quietMs: number;
}

export const knownOf = (model: RehearsedModel, order: string, since: number): Known => ({
  about: model.exchanges
    .slice(since)
    .filter(({ request }) => request.tools.length > 0 && request.order.includes(order)),
  isAnswering: model.isAnswering(),
  quietMs: monotonic() - (model.exchanges.at(-1)?.at ?? monotonic()),
});

import Type, { type Static } from 'typebox';
import { count, flag, noted, oneOf, text } from '../../lib/shapes.ts';
import { details } from '../core/details.ts';

export const WorkerText = Type.Object(
  {
    detail: oneOf(details),
    included: Type.Literal(true),
    text: noted(text, 'Untrusted: fenced by a nonce, without control sequences.'),
    chars: count,
    truncated: flag,
  },
  { title: 'WorkerText', description: "A worker's own words." },
);
export type WorkerText = Static<typeof WorkerText>;

const NoWorkerText = Type.Object(
  { detail: oneOf(details), included: Type.Literal(false), reason: text },
  { title: 'NoWorkerText', description: "A worker's own words were not requested." },
);

/** A worker's own words, if they were requested. */
export const WorkerOutput = Type.Union([WorkerText, NoWorkerText]);
export type WorkerOutput = Static<typeof WorkerOutput>;

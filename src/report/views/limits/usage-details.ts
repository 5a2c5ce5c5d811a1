import type { Writable } from 'node:stream';
import type { Attempt, UsageSample } from '../../../agents/contract/limits/sample.ts';
import type { Snapshots } from '../../../usage/capacity/schema.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { relative } from '../../text/time.ts';
import { wrap } from '../../text/wrap.ts';

/**
 * The answer of each provider: its limits, formatted by `limits`, and the sources that were tried. Providers that are
 * not installed share a line.
 */
export function usageDetails(
  { snapshots, partial }: Snapshots,
  limits: (sample: UsageSample) => string[],
  now: Date,
  stream: Writable,
): string {
  const real = snapshots.filter(({ source }) => source !== 'fake');
  const reported = real.length > 0 ? real : snapshots;
  const missing = reported
    .filter(({ status }) => status === 'unavailable')
    .map(({ provider_id }) => provider_id);
  const there = reported.filter(({ status }) => status !== 'unavailable');
  return [
    ...(partial ? ['Not every provider answered in time.', ''] : []),
    ...there.flatMap((sample) => [...details(sample, limits(sample), now, stream), '']),
    ...(missing.length > 0 ? wrap(`not installed: ${missing.join(', ')}`, columnsOf(stream)) : []),
  ]
    .join('\n')
    .trimEnd();
}

function details(sample: UsageSample, limits: readonly string[], now: Date, stream: Writable): string[] {
  const color = paint(stream);
  const { provider_id, status, confidence, source, plan, observed_at } = sample;
  const facts = [
    status.replaceAll('_', ' '),
    ...(plan === null ? [] : [`plan ${plan}`]),
    ...(source === null
      ? []
      : [`${source} (${confidence.replaceAll('_', ' ')})`, relative(observed_at, now)]),
  ];
  const credits = sample.credits_remaining === null ? [] : [`${sample.credits_remaining} credits left`];
  const width = columnsOf(stream) - 4;
  const lines = [...limits, ...credits, ...sample.warnings, ...sample.tried.map(attempt)];
  return [
    `${color.bold(provider_id)}  ${facts.join(', ')}`,
    ...lines.flatMap((line) =>
      wrap(line, width).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`),
    ),
  ];
}

const attempt = ({ source, outcome, reason, took_ms }: Attempt): string =>
  `${source}: ${outcome.replaceAll('_', ' ')} after ${took_ms} ms${reason === null ? '' : `: ${reason}`}`;

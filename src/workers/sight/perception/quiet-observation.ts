import type { Observation } from '../../../machines/worker/commands.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { observationOf } from '../screen-meaning.ts';

/** What is reported of a screen that no rule knows once nothing changes on it any more. */
export function quietObservation(
  classification: Classification,
  {
    atRest,
    hasPrompt,
    quietMs,
  }: { atRest: 'idle' | 'none' | undefined; hasPrompt: boolean; quietMs: number },
): Observation {
  if (atRest !== 'idle')
    return {
      ...observationOf('none', { ...classification, rule: 'quiet' }),
      warnings: [
        `no rule knows its screen, and nothing has changed on it for ${Math.round(quietMs / 1000)} s`,
      ],
    };
  if (hasPrompt)
    return {
      ...observationOf('idle', { ...classification, rule: 'prompt_again' }),
      confidence: 'observed',
      readiness: 'turn_ended',
    };
  return {
    ...observationOf('idle', { ...classification, rule: 'quiet' }),
    confidence: 'unproven',
    readiness: 'quiet',
    warnings: [
      `nothing has changed on its screen for ${Math.round(quietMs / 1000)} s, and no rule knows it: it may still work`,
    ],
  };
}

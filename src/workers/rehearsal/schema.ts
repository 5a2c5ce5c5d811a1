import Type, { type Static } from 'typebox';
import { REHEARSED_STEPS } from '../../agents/contract/rehearsal.ts';
import { count, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { Label } from '../../terminal/detection/classification-schema.ts';

export const CheckedStep = Type.Object(
  {
    step: oneOf(REHEARSED_STEPS),
    outcome: noted(
      oneOf(['recognised', 'missed', 'lacking', 'skipped']),
      'lacking: the agent has no such screen. skipped: it could not be tried.',
    ),
    expected: noted(Label, 'What the agent was really doing, as the model knows it.'),
    label: noted(nullable(Label), 'What its screen was read as; null where there was none.'),
    rule: noted(nullable(text), 'The rule that said so; `motion` where only what moves on the screen did.'),
    state: noted(nullable(text), 'The recorded state of the worker.'),
    why: noted(nullable(text), 'What is wrong where the label does not say it; else what is worth knowing.'),
    fresh: noted(
      nullable(text),
      'Why the step was begun in a fresh process of the agent; null if it went on in the one before.',
    ),
    ms: count,
    screen: noted(
      nullable(Type.Object({ path: nullable(text), rows: list(text) })),
      'The lower part of the screen, redacted, and the file that has all of it. Null for a step that was recognised, unless screens are kept.',
    ),
  },
  { title: 'CheckedStep' },
);
export type CheckedStep = Static<typeof CheckedStep>;

export const CheckedAgent = Type.Object(
  {
    provider: text,
    version: nullable(text),
    versions: noted(list(text), 'The versions that its rules were tried with, oldest first.'),
    ok: noted(flag, 'Whether every screen that it has was recognised.'),
    error: noted(nullable(text), 'Why it could not be checked to the end.'),
    ms: count,
    steps: list(CheckedStep),
  },
  { title: 'CheckedAgent' },
);
export type CheckedAgent = Static<typeof CheckedAgent>;

export const DetectorsChecked = Type.Object(
  {
    ok: noted(flag, 'Whether everything was recognised.'),
    agents: list(CheckedAgent),
    stopped_at: noted(
      nullable(Type.Object({ provider: text, step: nullable(oneOf(REHEARSED_STEPS)) })),
      'What was to be tried when the check was interrupted, by a signal; step is null before the first. Null if it came to its end.',
    ),
    screens: noted(nullable(text), 'The folder of --screens, with its index.json.'),
  },
  {
    description:
      'What AgentPool still recognises of the installed agents, led through their screens against a mock of their model. The exit code is 1 if a screen was not recognised.',
  },
);
export type DetectorsChecked = Static<typeof DetectorsChecked>;

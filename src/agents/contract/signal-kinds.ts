/** What an agent, or its terminal, may signal of its turn while it runs; nothing else can be signalled. */
export const signalKinds = [
  'turn_started',
  'turn_ended',
  'turn_failed',
  'approval_wanted',
  'question_asked',
  /** The terminal rang: the worker wants attention, and does not say why. */
  'attention',
] as const;
export type SignalKind = (typeof signalKinds)[number];

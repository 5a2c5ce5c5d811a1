/** What an agent, or its terminal, may say of its turn while it runs; nothing else can be said this way. */
export const signalKinds = [
  'turn_started',
  'turn_ended',
  'turn_failed',
  'approval_wanted',
  'question_asked',
  /** The terminal rang: somebody is to look, and it does not say why. */
  'attention',
] as const;
export type SignalKind = (typeof signalKinds)[number];

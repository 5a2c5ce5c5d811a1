/** Whether a file below `sessions` is the log of one session. */
export const isRollout = (name: string): boolean => name.startsWith('rollout-') && name.endsWith('.jsonl');

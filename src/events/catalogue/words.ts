// The enumerations of the catalogue, in a file without its schemas: a module that only needs the names loads no TypeBox.

export const workerStates = [
  'STARTING',
  'READY',
  'RUNNING',
  'AWAITING_USER_INPUT',
  'AWAITING_APPROVAL',
  'IDLE',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'UNKNOWN',
] as const;
export type WorkerState = (typeof workerStates)[number];

export const observeEvents = [
  'none',
  'question',
  'approval_prompt',
  'idle',
  'completed',
  'error',
  'limit_warning',
  'overage_prompt',
  'screen_changed',
  'timeout',
] as const;
export type ObserveEvent = (typeof observeEvents)[number];

export const isolations = ['read_only', 'worktree', 'shared'] as const;
export type Isolation = (typeof isolations)[number];
export const promptModes = ['provider_default', 'send_after_launch', 'arg', 'stdin'] as const;
export type PromptMode = (typeof promptModes)[number];
export const deliveries = ['delivered', 'queued', 'unproven'] as const;
export type Delivery = (typeof deliveries)[number];

export const leaseModes = ['read', 'write'] as const;
export type LeaseMode = (typeof leaseModes)[number];

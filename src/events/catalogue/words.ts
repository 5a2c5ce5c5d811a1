// The enumerations of the catalogue, in a file without its schemas: a module that only needs the names loads no TypeBox.

export const workerStates = [
  'QUEUED',
  'STARTING',
  'READY',
  'RUNNING',
  'AWAITING_USER_INPUT',
  'AWAITING_APPROVAL',
  'IDLE',
  'PARKED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'LOST',
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

/** What happens to a worker that stops at a limit, as its caller has said beforehand. */
export const limitActions = ['stop', 'wait', 'hand_over'] as const;
export type LimitAction = (typeof limitActions)[number];
export const parkReasons = ['limit', 'cut_short'] as const;
export type ParkReason = (typeof parkReasons)[number];

/** The files of an ended worker that are removed as one. */
export const removableFiles = ['recording', 'artifacts'] as const;
export type RemovableFiles = (typeof removableFiles)[number];

/** The files of a worker that can be shared with other machines. */
export const sharedArtifacts = ['transcript', 'patch'] as const;
export type SharedArtifact = (typeof sharedArtifacts)[number];

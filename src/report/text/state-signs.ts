type StateColor = 'dim' | 'cyan' | 'blue' | 'yellow' | 'magenta' | 'green' | 'red';

/** The sign of each state of a worker, which says it without colour, and its colour on a terminal. */
export const stateSigns: Readonly<Record<string, readonly [sign: string, color: StateColor]>> = {
  QUEUED: ['…', 'dim'],
  STARTING: ['◌', 'dim'],
  READY: ['○', 'cyan'],
  RUNNING: ['●', 'blue'],
  AWAITING_USER_INPUT: ['?', 'yellow'],
  AWAITING_APPROVAL: ['!', 'yellow'],
  IDLE: ['○', 'dim'],
  PARKED: ['‖', 'magenta'],
  COMPLETED: ['✓', 'green'],
  FAILED: ['✗', 'red'],
  CANCELLED: ['–', 'dim'],
  LOST: ['✗', 'yellow'],
  UNKNOWN: ['·', 'dim'],
};

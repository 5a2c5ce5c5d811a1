/**
 * Variables that describe the process which has them, with the reason why another process must not inherit them. A
 * variable that a user sets to configure an agent, such as its folder, its key or its cloud, is never among them: the
 * worker needs it.
 */
export interface CallersOwn {
  reason: string;
  names: readonly string[];
}

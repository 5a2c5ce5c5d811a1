export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, which is read only here. `cli/main.ts` passes it to every command.
 * Only git imports it directly, since every caller of git uses the environment of this process.
 */
export const processEnvironment = (): Env => process.env;

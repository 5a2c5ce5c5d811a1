export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, which is read here and nowhere else. `cli/main.ts` hands it down to every command;
 * git alone takes it here, since every caller of git means the environment that it was started in.
 */
export const processEnvironment = (): Env => process.env;

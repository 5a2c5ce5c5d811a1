import type { Flag, Grammar } from './schema.ts';

/** The line that says what has to be given, and what may be. */
export function usage({ path, arguments: args, flags }: Grammar): string {
  const required = flags
    .filter((flag) => flag.required)
    .map((flag) => `${mainName(flag)} ${flag.value?.name ?? ''}`);
  const places = args.map(({ name, required, many }) => {
    const shown = many ? `${name}...` : name;
    return required ? shown : `[${shown}]`;
  });
  return ['agentpool', path, ...places, ...required, '[OPTIONS]'].join(' ');
}

export const mainName = ({ names }: Flag): string =>
  names.find((name) => name.startsWith('--')) ?? names[0] ?? '';

/** Every way to write it; a switch may also be turned off. */
export const namesOf = ({ names, value }: Flag): string[] =>
  value
    ? names
    : [...names, ...names.filter((name) => name.startsWith('--')).map((name) => `--no-${name.slice(2)}`)];

export const isSwitchedBy = (flag: Flag, typed: string): boolean => namesOf(flag).includes(typed);

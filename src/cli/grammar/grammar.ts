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
  const apart = flags.filter((flag) => flag.apart).map((flag) => `[${termOf(flag, mainName(flag))}]`);
  return ['agentpool', path, ...places, ...required, ...apart, '[OPTIONS]'].join(' ');
}

/** An option with its value as it is typed behind the names; in brackets what may be left out. */
export function termOf({ value, bound, apart }: Flag, names: string): string {
  if (!value) return names;
  if (!bound) return `${names} ${value.name}`;
  return apart ? `${names} [${value.name}]` : `${names}[=${value.name}]`;
}

export const mainName = ({ names }: Flag): string =>
  names.find((name) => name.startsWith('--')) ?? names[0] ?? '';

/** Every way to write it; a switch may also be turned off. */
export const namesOf = ({ names, value }: Flag): string[] =>
  value
    ? names
    : [...names, ...names.filter((name) => name.startsWith('--')).map((name) => `--no-${name.slice(2)}`)];

export const isSwitchedBy = (flag: Flag, typed: string): boolean => namesOf(flag).includes(typed);

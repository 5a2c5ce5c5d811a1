import type { Flag, Grammar } from './schema.ts';

/** The usage line: required and optional words. */
export function usage({ path, arguments: args, flags }: Grammar): string {
  const required = flags
    .filter((flag) => flag.required)
    .map((flag) => `${mainName(flag)} ${flag.value?.name ?? ''}`);
  const places = args.map(({ name, required, repeatable }) => {
    const shown = repeatable ? `${name}...` : name;
    return required ? shown : `[${shown}]`;
  });
  const optional = flags.filter((flag) => flag.optional).map((flag) => `[${termOf(flag, mainName(flag))}]`);
  return ['agentpool', path, ...places, ...required, ...optional, '[OPTIONS]'].join(' ');
}

/** An option with its value as it is typed after the names; optional parts are in brackets. */
export function termOf({ value, optional }: Flag, names: string): string {
  if (!value) return names;
  return optional ? `${names} [${value.name}]` : `${names} ${value.name}`;
}

export const mainName = ({ names }: Flag): string =>
  names.find((name) => name.startsWith('--')) ?? names[0] ?? '';

/** Every spelling of an option, including the `--no-` form of a switch. */
export const namesOf = ({ names, value }: Flag): string[] =>
  value
    ? names
    : [...names, ...names.filter((name) => name.startsWith('--')).map((name) => `--no-${name.slice(2)}`)];

export const flagNamed = ({ flags }: Grammar, typed: string): Flag | undefined =>
  flags.find((flag) => namesOf(flag).includes(typed));

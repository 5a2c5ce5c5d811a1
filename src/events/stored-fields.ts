const TEXTS = [
  'event_id',
  'stream_id',
  'type',
  'occurred_at',
  'recorded_at',
  'actor',
  'payload',
  'metadata',
  'hash',
];
const NULLABLE_TEXTS = ['command_id', 'causation_id', 'correlation_id'];
const NUMBERS = ['position', 'stream_version', 'schema_version'];

/** Why a value from a file is no stored event: `actor is not a text`. Null if every field has its kind. */
export function faultOfFields(value: object): string | null {
  const field = (name: string) =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  const isText = (name: string) => typeof field(name) === 'string';
  const wrongText =
    TEXTS.find((name) => !isText(name)) ??
    NULLABLE_TEXTS.find((name) => field(name) !== null && !isText(name));
  if (wrongText) return `${wrongText} is not a text`;
  const wrongNumber = NUMBERS.find((name) => !Number.isSafeInteger(field(name)));
  return wrongNumber ? `${wrongNumber} is not a number` : null;
}

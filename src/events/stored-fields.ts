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
  const fields = new Map(Object.entries(value));
  const isText = (name: string) => typeof fields.get(name) === 'string';
  const wrongText =
    TEXTS.find((name) => !isText(name)) ??
    NULLABLE_TEXTS.find((name) => fields.get(name) !== null && !isText(name));
  if (wrongText) return `${wrongText} is not a text`;
  const wrongNumber = NUMBERS.find((name) => !Number.isSafeInteger(fields.get(name)));
  return wrongNumber ? `${wrongNumber} is not a number` : null;
}

import Type, { type Static } from 'typebox';
import { flag, list, noted, nullable, text } from '../lib/shapes.ts';

/** The preferences as included in every answer. */
export const Preferences = Type.Object(
  {
    path: text,
    resource_uri: noted(text, 'The MCP resource with the same content.'),
    exists: flag,
    using_default_template: noted(flag, 'True if the file is missing or still the unchanged template.'),
    read_hint: text,
    digest: noted(list(text), 'The first points of the file, one line each.'),
    text: Type.Optional(noted(text, 'The whole file, only on request.')),
    warning: Type.Optional(
      noted(
        text,
        'Why the file could not be read; the digest is empty then, because the template is not what the user wrote.',
      ),
    ),
  },
  {
    title: 'Preferences',
    description: 'When to delegate, and to whom, as the user has written it down.',
  },
);
export type Preferences = Static<typeof Preferences>;

export const PreferencesInit = Type.Interface(
  [Preferences],
  {
    changed: flag,
    reason: text,
    backup_path: noted(nullable(text), 'The backup of the previous file.'),
    dry_run: flag,
    would_write: flag,
    would_backup: flag,
  },
  { title: 'PreferencesInit', description: 'What became of the file of preferences.' },
);
export type PreferencesInit = Static<typeof PreferencesInit>;

import type { Writable } from 'node:stream';
import type { ProviderRow } from '../../agents/provider-schema.ts';
import { columnsOf, paint } from '../text/style.ts';
import { table } from '../text/table.ts';

/** One line per provider, the installed ones first, with notes in the last column. */
export function providerTable(providers: readonly ProviderRow[], stream: Writable): string {
  const color = paint(stream);
  const sorted = providers.toSorted((a, b) => Number(b.installed) - Number(a.installed));
  const rows = sorted.map(({ id, installed, version, auth, models, warnings, binary_path }) => [
    `${installed ? color.green('●') : color.dim('○')} ${id}`,
    version ?? (installed ? '' : 'not installed'),
    installed ? auth.status : '',
    installed ? String(models.length) : '',
    (warnings[0] ?? binary_path ?? '').replace(/^not installed: /, ''),
  ]);
  return table(['PROVIDER', 'VERSION', 'SIGNED IN', 'MODELS', 'WHERE'], rows, columnsOf(stream));
}

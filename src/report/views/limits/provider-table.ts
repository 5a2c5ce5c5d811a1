import type { Writable } from 'node:stream';
import type { ProviderRow } from '../../../agents/provider-schema.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { table } from '../../text/table.ts';
import { notInstalled } from './not-installed.ts';

/**
 * One line per provider, with notes in the last column. The agents that are not installed share one: there are more of
 * them than anyone has. A missing command of the user's own has a line that says what was looked for.
 */
export function providerTable(providers: readonly ProviderRow[], stream: Writable): string {
  const color = paint(stream);
  const isMissing = ({ installed, vendor }: ProviderRow) => !installed && vendor !== 'custom';
  const listed = providers
    .filter((row) => !isMissing(row))
    .toSorted((a, b) => Number(b.installed) - Number(a.installed));
  const rows = listed.map(({ id, installed, version, auth, models, warnings, binary_path }) => [
    `${installed ? color.green('●') : color.dim('○')} ${id}`,
    version ?? (installed ? '' : 'not installed'),
    installed ? auth.status : '',
    installed ? String(models.length) : '',
    (warnings[0] ?? binary_path ?? '').replace(/^not installed: /, ''),
  ]);
  const columns = ['PROVIDER', 'VERSION', 'SIGNED IN', 'MODELS', 'WHERE'];
  return [
    ...(rows.length > 0 ? [table(columns, rows, columnsOf(stream))] : []),
    ...notInstalled(
      providers.filter(isMissing).map(({ id }) => id),
      stream,
    ),
  ].join('\n');
}

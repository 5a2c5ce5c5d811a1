import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Validation } from '../../../agents/models.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { table } from '../../../report/text/table.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { listModels, ModelList, refreshModels, validateModels } from '../../../workers/queries/models.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { argument, flag, oneOf, pagerFlag, plainFlag, value } from '../../grammar/option.ts';
import { onlyProvider } from '../shared/usage-options.ts';

const ACTIONS = ['list', 'validate'] as const;

const ModelsReport = Type.Union([ModelList, Validation], {
  description:
    'The models of each agent; with `validate`, what is wrong with a catalogue of your own (exit code 1 where anything is).',
});
type ModelsReport = Static<typeof ModelsReport>;

export default class Models extends LedgerCommand<ModelsReport> {
  static override paths = [['models']];
  static override report = ModelsReport;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'List the models of each agent',
    details: `
      \`list\` prints them. \`validate\` checks a catalogue of your own, by default those of model_catalog_paths in config.yaml. Models outside the list work too: \`--model\` is passed to the agent unchanged.
    `,
    examples: [
      ['List the models of one agent', '$0 models --provider claude-code'],
      ['Ask the agents first', '$0 models --refresh'],
      ['Check a catalogue of your own', '$0 models validate --path ~/models.json'],
    ],
  });

  action = argument('list|validate', { takes: oneOf(ACTIONS) });
  provider = value('--provider', 'only this provider');
  refresh = flag('--refresh', 'first ask the agents that can list their models, and keep the answers');
  catalogue = value('--path', 'the catalogue to validate');
  override plain = plainFlag('one model');
  override pager = pagerFlag();

  protected override reconciles = false;

  async run(app: AppContext): Promise<number> {
    if (this.action === 'validate') {
      const validation = await validateModels(app, this.catalogue);
      await this.show(validation, (found) => this.#verdict(found));
      return validation.ok ? 0 : 1;
    }
    const only = onlyProvider(app.config, this.provider, 'models');
    if (this.refresh) await refreshModels(app, only);
    await this.show(await listModels(app, only), (list) => this.#table(list), plainly);
    return 0;
  }

  #verdict({ ok, path, errors, warnings }: Validation): string {
    const color = paint(this.context.stdout);
    const lines = [
      ...errors.map((error) => `${color.red('✗')} ${error}`),
      ...warnings.map((warning) => `${color.yellow('!')} ${warning}`),
    ];
    return [
      ...lines,
      ok ? `${color.green('✓')} ${path}: in order` : `${path}: not used until this is fixed`,
    ].join('\n');
  }

  #table({ providers }: ModelList): string {
    const { stdout } = this.context;
    const color = paint(stdout);
    const shown = providers.filter(({ models }) => models.length > 0);
    return shown
      .map((provider) => {
        const { provider_id, installed, model_arg, default_model } = provider;
        const how = model_arg === null ? 'takes no model' : `${model_arg} MODEL`;
        const head = `${color.bold(provider_id)}  ${how}${installed ? '' : ', not installed'}`;
        return [head, modelTable(provider, default_model, columnsOf(stdout))].join('\n');
      })
      .join('\n\n');
  }
}

const plainly = ({ providers }: ModelList): string[] =>
  providers.flatMap(({ provider_id, default_model, models }) =>
    models.map(({ id, display_name }) =>
      plainRecord(provider_id, id, display_name, id === default_model ? 'default' : ''),
    ),
  );

function modelTable(
  { models }: ModelList['providers'][number],
  chosen: string | null,
  width: number,
): string {
  const rows = models.map(({ id, display_name, aliases, source, metadata }) => {
    const { supported = [] } = (metadata.reasoning ?? {}) as { supported?: string[] };
    const notes = [
      ...(id === chosen ? ['default'] : []),
      ...(source === 'default' ? [] : [`from ${source.replaceAll('_', ' ')}`]),
      ...(supported.length > 0 ? [`effort ${supported.join(' ')}`] : []),
      ...(aliases.length > 0 ? [`also ${aliases.join(', ')}`] : []),
    ];
    return [id, display_name ?? '', notes.join('; ')];
  });
  return table(['MODEL', 'NAME', ''], rows, width);
}

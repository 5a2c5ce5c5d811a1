import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import Value from 'typebox/value';
import { ModelDescriptor } from '../events/catalogue/providers.ts';
import { parseCodexModels } from './codex-cli/descriptor.ts';
import { model } from './contract/descriptor.ts';
import { parseCopilotModels } from './copilot-cli/descriptor.ts';
import { parseCursorModels } from './cursor-cli/descriptor.ts';
import { parseDroidModels } from './droid-cli/descriptor.ts';
import { parseOpencodeModels } from './forks/opencode/printed.ts';
import { type CatalogueFile, catalogue, modelNamed, readCatalogue, validateCatalogue } from './models.ts';
import { allAgents } from './registry.ts';

const agentDescriptors = (await allAgents()).map(({ descriptor }) => descriptor);
const known = agentDescriptors.map(({ id }) => id);
const folder = mkdtempSync(join(tmpdir(), 'models-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const codex = (given: Partial<Parameters<typeof catalogue>[0]>) => {
  const [row] = catalogue({ descriptors: agentDescriptors.filter(({ id }) => id === 'codex-cli'), ...given });
  assert.ok(row);
  return row;
};

describe('the catalogue', () => {
  it('has our list where nobody says otherwise, each model of the shape of the contract', () => {
    for (const row of catalogue({ descriptors: agentDescriptors })) {
      for (const each of row.models)
        assert.ok(Value.Check(ModelDescriptor, each), `${row.provider_id}: ${each.id}`);
    }
    assert.equal(codex({}).reasoning_effort_config_key, 'model_reasoning_effort');
  });

  it('lays what the agent says, the files and config.yaml over each other by id', () => {
    const detected = {
      'codex-cli': [
        model('gpt-9', {
          display_name: 'Nine',
          source: 'cli_detected',
          confidence: 'local_cli',
          efforts: 'low high',
        }),
      ],
    };
    const files: CatalogueFile[] = [
      {
        providers: {
          'codex-cli': {
            default_model: 'gpt-9',
            models: [{ id: 'gpt-9', aliases: ['nine'] }, { id: 'mine' }],
          },
        },
      },
      { providers: { 'codex-cli': { models: [{ id: 'mine', display_name: 'Mine' }] } } },
    ];
    const configured = {
      'codex-cli': [
        {
          id: 'gpt-9',
          display_name: null,
          aliases: [],
          source: 'config',
          confidence: 'local_config',
          metadata: { note: 'x' },
        },
      ],
    };
    const row = codex({ detected, files, configured });
    assert.equal(row.default_model, 'gpt-9');
    const nine = row.models.find(({ id }) => id === 'gpt-9');
    assert.deepEqual(
      [nine?.display_name, nine?.metadata.note, nine?.metadata.reasoning],
      ['Nine', 'x', { supported: ['low', 'high'], default: null }],
    );
    assert.deepEqual(row.models.at(-1), {
      id: 'mine',
      display_name: 'Mine',
      source: 'config',
      confidence: 'user_configured',
      aliases: [],
      metadata: {},
    });
  });

  it('finds a model by its id before an alias', () => {
    const { models } = codex({
      files: [{ providers: { 'codex-cli': { models: [{ id: 'best', aliases: ['gpt-5.5'] }] } } }],
    });
    assert.equal(modelNamed(models, 'GPT-5.5')?.id, 'gpt-5.5');
    assert.equal(modelNamed(models, 'BEST')?.id, 'best');
    assert.equal(modelNamed(models, 'none'), undefined);
  });
});

describe('the check of a catalogue', () => {
  const errors = (parsed: unknown) => validateCatalogue(parsed, known).errors;

  it('names the place and the right words', () => {
    const wrong = {
      providers: {
        'codex-cli': {
          models: [
            { id: '' },
            { id: 'a', confidence: 'high', aliases: 'b' },
            { id: 'c', metadata: { reasoning: ['low'] } },
          ],
        },
      },
    };
    const found = errors(wrong).join('\n');
    assert.match(found, /providers\.codex-cli\.models\[0\]\.id:/);
    assert.match(found, /models\[1\]\.confidence: .*official, local_cli/);
    assert.match(found, /models\[1\]\.aliases:/);
    assert.match(found, /models\[2\]\.metadata\.reasoning:/);
  });

  it('refuses what is no catalogue', () => {
    for (const parsed of [null, [], 3, {}, { providers: [] }, { providers: { 'codex-cli': 3 } }])
      assert.ok(errors(parsed).length > 0, JSON.stringify(parsed));
  });

  it('warns of a provider and of a word that nobody knows', () => {
    const { errors: none, warnings } = validateCatalogue(
      { providers: { nobody: {}, opencode: { modles: [] } } },
      known,
    );
    assert.deepEqual([none, warnings.length], [[], 2]);
  });

  it('takes whatever JSON comes without throwing, and what it passes can be laid over ours', () => {
    const entry = fc.record({
      models: fc.array(fc.record({ id: fc.string({ minLength: 1 }), aliases: fc.array(fc.string()) })),
    });
    const any = fc.oneof(
      fc.jsonValue(),
      fc.record({
        providers: fc.dictionary(fc.constantFrom('codex-cli', 'x'), fc.oneof(entry, fc.jsonValue())),
      }),
    );
    fc.assert(
      fc.property(any, (parsed) => {
        if (errors(parsed).length > 0) return;
        for (const each of codex({ files: [parsed as unknown as CatalogueFile] }).models)
          assert.ok(Value.Check(ModelDescriptor, each));
      }),
    );
  });

  it('of a file tells a missing one, one that is no JSON and a good one apart', async () => {
    const path = join(folder, 'models.json');
    assert.match((await readCatalogue(path, known, folder)).errors.join(), /ENOENT/);
    writeFileSync(path, '{"providers":');
    const broken = await readCatalogue(path, known, folder);
    assert.deepEqual([broken.ok, broken.catalogue], [false, null]);
    writeFileSync(path, '{"providers":{"opencode":{"models":[{"id":"a/b"}]}}}');
    const good = await readCatalogue('~/models.json', known, folder);
    assert.deepEqual(
      [good.ok, good.path, good.catalogue?.providers.opencode?.models?.[0]?.id],
      [true, path, 'a/b'],
    );
  });
});

describe('what agents say of their models', () => {
  it('codex: JSON, hidden models left out', () => {
    const row = (slug: string, visibility: string) => ({
      slug,
      display_name: slug.toUpperCase(),
      visibility,
      default_reasoning_level: 'low',
      supported_reasoning_levels: [{ effort: 'low', description: '' }, { effort: 'high' }],
      service_tiers: [{ id: 'priority', name: 'Fast' }],
    });
    const [only, ...others] = parseCodexModels(
      JSON.stringify({ models: [row('gpt-7', 'list'), row('secret', 'hide'), null] }),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(only?.metadata, {
      family: 'gpt',
      reasoning: { supported: ['low', 'high'], default: 'low' },
      service_tiers: ['priority'],
    });
    assert.deepEqual(parseCodexModels('WARNING: no'), []);
  });

  it('droid: two lists of its help, joined by name', () => {
    const help = [
      'Available Models:',
      '  claude-opus-5                Opus 5',
      '  gpt-5.6-sol                  GPT-5.6 Sol (default)',
      '  glm-5                        GLM-5 (Droid Core) [Deprecated]',
      '',
      'Model details:',
      '  - Opus 5: supports reasoning: Yes; supported: [off, low, high]; default: high',
      '  - GPT-5.6 Sol: supports reasoning: Yes; supported: [none, low]; default: low',
      '  - GLM-5 (Droid Core) [Deprecated]: supports reasoning: No; supported: [none]; default: none',
      '',
      'Authentication:',
    ].join('\n');
    const models = parseDroidModels(help);
    assert.deepEqual(
      models.map((m) => [m.id, m.display_name, m.metadata.deprecated]),
      [
        ['claude-opus-5', 'Opus 5', undefined],
        ['gpt-5.6-sol', 'GPT-5.6 Sol', undefined],
        ['glm-5', 'GLM-5 (Droid Core)', true],
      ],
    );
    assert.deepEqual(models[0]?.metadata.reasoning, { supported: ['off', 'low', 'high'], default: 'high' });
  });

  it('copilot: the words under model in its help, and no others', () => {
    const help =
      '  `logLevel`: log level\n    - "all"\n\n  `model`: AI model to use\n    - "claude-sonnet-5"\n    - "gpt-6-astra"\n\n  `mouse`: whether\n    - "on"\n';
    assert.deepEqual(
      parseCopilotModels(help).map((m) => [m.id, m.metadata.family]),
      [
        ['claude-sonnet-5', 'claude'],
        ['gpt-6-astra', 'gpt'],
      ],
    );
  });

  it('opencode and cursor: a line each', () => {
    assert.deepEqual(
      parseOpencodeModels('opencode/big-pickle\nopenrouter/x/y:free\nkilo/~a/b\nError: no\n').map(
        (m) => m.id,
      ),
      ['opencode/big-pickle', 'openrouter/x/y:free', 'kilo/~a/b'],
    );
    assert.deepEqual(
      parseCursorModels('Available models\n\nauto - Auto (current)\ngpt-6 - GPT 6\nTip: use --model\n').map(
        (m) => [m.id, m.display_name],
      ),
      [
        ['auto', 'Auto'],
        ['gpt-6', 'GPT 6'],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../../../config/file/defaults.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { startupAnswer, startupOptions } from './startup-answers.ts';

const dialog = (startup: string, ...labels: string[]): Classification => ({
  label: 'approval',
  warnings: [],
  overage: false,
  startup,
  evidence: [],
  choices: labels.map((label, index) => ({ number: index + 1, label, selected: index === 0 })),
  others: [],
  regions: {},
});
const claude = dialog('trust_folder', 'No, exit', 'Yes, I trust this folder');
const codex = dialog('trust_folder', 'Trust and continue', 'Back to Agent Command Center');
const update = dialog('update', 'Update now', 'Skip', 'Skip until next version');
const accept = { trust: 'accept', update: 'skip' } as const;

describe('a dialog at the start of an agent', () => {
  it('is left to a person unless the config says otherwise', () => {
    for (const provider of ['claude-code', 'codex-cli', 'fake-question']) {
      const request = startupOptions(defaultConfig(), provider);
      for (const each of [claude, codex, update]) assert.equal(startupAnswer(request, each), null);
    }
  });

  it('is answered as configured: trust the folder, skip the update', () => {
    assert.equal(startupAnswer(accept, claude)?.number, 2);
    assert.equal(startupAnswer(accept, codex)?.number, 1);
    assert.equal(startupAnswer(accept, update)?.label, 'Skip');
  });

  it('that grants more than that cannot be answered by the config', () => {
    for (const name of ['api_key', 'hooks_review', 'mcp_approval', 'bypass_permissions', 'login'])
      assert.equal(startupAnswer(accept, dialog(name, 'Yes', 'No')), null);
    assert.equal(startupAnswer(accept, { ...claude, startup: 'trust_folder', choices: [] }), null);
  });
});

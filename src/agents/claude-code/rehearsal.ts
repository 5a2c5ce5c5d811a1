import type { Rehearsal } from '../contract/rehearsal.ts';

/** Of no account. Claude Code asks whether to use a key until it finds the last 20 characters of it approved. */
const KEY = 'sk-ant-mock-00000000000000000000000000000000';

/** As the program of 2.1.332 reads them. */
export const rehearsal: Rehearsal = {
  package: '@anthropic-ai/claude-code',
  env: (model) => ({ ANTHROPIC_BASE_URL: model, ANTHROPIC_API_KEY: KEY }),
  files: ({ folder, trusted }) => ({
    '.claude.json': {
      hasCompletedOnboarding: true,
      ...(trusted && {
        customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
        projects: { [folder]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
      }),
    },
    // A worker does not inherit its caller's CLAUDE_ variables.
    '.claude/settings.json': {
      env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_MAX_RETRIES: '1' },
    },
  }),
};

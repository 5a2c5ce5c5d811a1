import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { claudeCode } from './clients/claude-code.ts';
import { claudeDesktop } from './clients/claude-desktop.ts';
import { codex } from './clients/codex.ts';
import { copilotCli } from './clients/copilot-cli.ts';
import { cursor } from './clients/cursor.ts';
import { devinCli } from './clients/devin-cli.ts';
import { droid } from './clients/droid.ts';
import { gemini } from './clients/gemini.ts';
import { generic } from './clients/generic.ts';
import { opencode } from './clients/opencode.ts';
import { vscode } from './clients/vscode.ts';
import { windsurf } from './clients/windsurf.ts';
import { zed } from './clients/zed.ts';
import type { Host } from './host.ts';

export const hosts: readonly Host[] = [
  generic,
  cursor,
  claudeCode,
  claudeDesktop,
  codex,
  copilotCli,
  vscode,
  windsurf,
  zed,
  opencode,
  droid,
  gemini,
  devinCli,
];

/** The host of that id, or of that provider's id. Throws HOST_NOT_FOUND with the nearest known one. */
export function hostNamed(word: string): Host {
  const found = hosts.find(({ id }) => id === word) ?? hosts.find(({ provider }) => provider === word);
  if (found) return found;
  const known = hosts.map(({ id }) => id);
  const nearest = suggest(word, known);
  throw new AgentPoolError(
    'HOST_NOT_FOUND',
    `There is no host ${word}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${known.join(', ')}.`,
    { client: word, known, example: shell`agentpool mcp-config --client ${nearest ?? 'generic'}` },
  );
}

/** What the task says that the markers of a result begin with; null for a text that does not say it. */
export const markersIn = (text: string): string | null =>
  /\b(AGENTPOOL_RESULT_\w*?)x\b/.exec(text)?.[1] ?? null;

const MARKERS = 'AGENTPOOL_RESULT_';

/** A result of a few rows: a summary, and nothing of the rest. */
export const briefResult = (summary: string, markers = MARKERS): string =>
  [`${markers}START`, `Summary: ${summary}`, 'Confidence: high', `${markers}END`].join('\n');

/** The result block that AgentPool asks every worker for. */
export function resultBlock({
  summary,
  findings = [],
  markers = MARKERS,
}: {
  summary: string;
  findings?: readonly string[];
  markers?: string;
}): string {
  const list = (title: string, items: readonly string[] = []) =>
    [`${title}:`, ...(items.length > 0 ? items : ['none']).map((item) => `- ${item}`)].join('\n');
  return [
    `${markers}START`,
    `Summary: ${summary}`,
    list('Findings', findings),
    ...['Files inspected', 'Files changed', 'Commands run', 'Tests run', 'Blockers'].map((title) =>
      list(title),
    ),
    'Confidence: high',
    `${markers}END`,
  ].join('\n');
}

/** What the task says that the markers of a result begin with; null for a text that does not say it. */
export const markersIn = (text: string): string | null =>
  /\b(AGENTPOOL_RESULT_\w*?)x\b/.exec(text)?.[1] ?? null;

/** The result block that AgentPool asks every worker for. */
export function resultBlock({
  summary,
  findings = [],
  markers = 'AGENTPOOL_RESULT_',
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

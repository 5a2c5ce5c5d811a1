/** What the task says that the markers of a result begin with; null for a text that does not say it. */
export const markersIn = (text: string): string | null =>
  /\b(AGENTPOOL_RESULT_\w*?)x\b/.exec(text)?.[1] ?? null;

const MARKERS = 'AGENTPOOL_RESULT_';

type Markers = string | null | undefined;

const between = (markers: Markers, rows: readonly string[]): string => {
  const begin = markers || MARKERS;
  return [`${begin}START`, ...rows, `${begin}END`].join('\n');
};

/** A result of a few rows: a summary, and nothing of the rest. */
export const briefResult = (summary: string, markers: Markers): string =>
  between(markers, [`Summary: ${summary}`, 'Confidence: high']);

/** The result block that AgentPool asks every worker for. */
export function resultBlock(
  summary: string,
  { findings = [], markers }: { findings?: readonly string[]; markers: Markers },
): string {
  const list = (title: string, items: readonly string[] = []) =>
    [`${title}:`, ...(items.length > 0 ? items : ['none']).map((item) => `- ${item}`)].join('\n');
  return between(markers, [
    `Summary: ${summary}`,
    list('Findings', findings),
    ...['Files inspected', 'Files changed', 'Commands run', 'Tests run', 'Blockers'].map((title) =>
      list(title),
    ),
    'Confidence: high',
  ]);
}

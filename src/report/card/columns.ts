import type { Day } from '../../workers/queries/stats/parallelism.ts';

/** A column of the strip: the hours of the days from the first to the last, both of them 2026-03-04. */
export interface Column {
  from: string;
  until: string;
  worked: number;
}

/** More columns than these are too thin to be seen. */
const MOST_DAYS = 45;
const MOST_WEEKS = 104;

/** A column a day; a week where there are too many days; of the newest two years at most. */
export function columnsOf(days: readonly Day[]): { unit: 'day' | 'week'; columns: Column[] } {
  const unit = days.length > MOST_DAYS ? 'week' : 'day';
  const size = unit === 'week' ? 7 : 1;
  const columns: Column[] = [];
  // From the newest back, so that the last week is a whole one.
  for (let end = days.length; end > 0 && columns.length < MOST_WEEKS; end -= size) {
    const part = days.slice(Math.max(0, end - size), end);
    const worked = part.reduce((sum, { worker_hours }) => sum + worker_hours, 0);
    columns.unshift({ from: part[0]?.day ?? '', until: part.at(-1)?.day ?? '', worked });
  }
  return { unit, columns };
}

/** By the calendar: a day on which the clocks change has 23 hours, or 25. */
export const dayAfter = (date: Date): Date =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);

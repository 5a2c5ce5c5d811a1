/** What a terminal shows at one moment: the input of every classification. */
export interface Screen {
  cols: number;
  /** One entry per screen row, top to bottom; trailing blank rows included. */
  rows: ScreenRow[];
  cursor: { row: number; col: number };
  /** Whether the terminal shows it; left out where that is not known, as of a captured text. */
  isCursorShown?: boolean;
  /** True while a full-screen program uses the alternate buffer. */
  alternate: boolean;
  /** The pane's title as the program last set it ('' when it never did). */
  title: string;
}

export interface ScreenRow {
  /** The row's text without trailing blanks. */
  text: string;
  /** True when this row continues the row above (the terminal wrapped it). */
  wrapped: boolean;
  /** Stretches with a style; absent where attributes are unknown. */
  runs?: StyleRun[];
}

/** Columns [start, end) of a row drawn in one style. */
export interface StyleRun {
  start: number;
  end: number;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  inverse?: boolean;
  /** '#rrggbb', or an indexed colour as 'n'. */
  fg?: string;
  bg?: string;
}

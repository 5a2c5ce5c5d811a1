/** What a terminal shows at one moment: the input of every judgement about a worker. */
export interface Screen {
  cols: number;
  /** One entry a screen row, top to bottom; trailing blank rows included. */
  rows: ScreenRow[];
  cursor: { row: number; col: number };
  /** True while a full-screen program uses the alternate buffer. */
  alternate: boolean;
  /** The pane's title as the program set it last ('' when it never did). */
  title: string;
}

export interface ScreenRow {
  /** The row's text without trailing blanks. */
  text: string;
  /** True when this row continues the row above (the terminal wrapped it). */
  wrapped: boolean;
  /** Stretches that look different from plain text; absent where attributes are unknown. */
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

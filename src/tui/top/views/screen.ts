import { Box, Text } from 'ink';
import { createElement, memo, type ReactElement } from 'react';
import type { Frame, Part } from '../model/frame.ts';
import type { Line } from '../text/line.ts';
import { paint } from '../text/paint.ts';
import type { Palette } from '../text/palette.ts';

// Without JSX: the check of the layers reads the sources with a parser that does not know it.

interface Painted {
  palette: Palette;
}

/** The whole frame: parts below each other, some of them in two columns. */
export function Screen({ frame, palette }: Painted & { frame: Frame }): ReactElement {
  const { cols, rows, rowsOfParts } = frame;
  return createElement(
    Box,
    { width: cols, height: rows, flexDirection: 'column' },
    rowsOfParts.map((row) =>
      Array.isArray(row)
        ? createElement(Columns, { key: 'columns', columns: row, palette })
        : createElement(PartView, { key: row.name, part: row, palette }),
    ),
  );
}

const Columns = ({ columns, palette }: Painted & { columns: readonly (readonly Part[])[] }): ReactElement =>
  createElement(
    Box,
    { flexDirection: 'row' },
    columns.map((parts) =>
      createElement(
        Box,
        { key: parts[0]?.name ?? 'empty', flexDirection: 'column' },
        parts.map((part) => createElement(PartView, { key: part.name, part, palette })),
      ),
    ),
  );

const PartView = ({ part, palette }: Painted & { part: Part }): ReactElement =>
  createElement(
    Box,
    { width: part.width, height: part.lines.length, flexShrink: 0 },
    createElement(Lines, { lines: part.lines, palette }),
  );

/** Lines that fit already: Ink must neither wrap nor cut them. */
const Lines = memo(({ lines, palette }: Painted & { lines: readonly Line[] }) =>
  createElement(Text, { wrap: 'truncate' }, lines.map((each) => paint(each, palette)).join('\n')),
);

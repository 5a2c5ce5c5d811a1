import { Box, Text } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { Frame, FramePart } from '../model/frame.ts';
import type { Line } from '../text/line.ts';

// Without JSX: the check of the layers reads the sources with a parser that does not know it.

interface Marked {
  /** One character that takes the place of a line until Ink has laid the frame out. */
  markOf(line: Line): string;
}

/** The whole frame: parts below each other, some of them in two columns. */
export function Screen({ frame, markOf }: Marked & { frame: Frame }): ReactElement {
  const { cols, rows, rowsOfParts } = frame;
  return createElement(
    Box,
    { width: cols, height: rows, flexDirection: 'column' },
    rowsOfParts.map((row) =>
      Array.isArray(row)
        ? createElement(Columns, { key: 'columns', columns: row, markOf })
        : createElement(PartView, { key: row.name, part: row, markOf }),
    ),
  );
}

const Columns = ({
  columns,
  markOf,
}: Marked & { columns: readonly (readonly FramePart[])[] }): ReactElement =>
  createElement(
    Box,
    { flexDirection: 'row' },
    columns.map((parts) =>
      createElement(
        Box,
        { key: parts[0]?.name ?? 'empty', flexDirection: 'column' },
        parts.map((part) => createElement(PartView, { key: part.name, part, markOf })),
      ),
    ),
  );

const PartView = ({ part, markOf }: Marked & { part: FramePart }): ReactElement =>
  createElement(
    Box,
    { width: part.width, height: part.lines.length, flexShrink: 0 },
    createElement(Text, null, part.lines.map(markOf).join('\n')),
  );

import { Box, Text } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { LinearSection } from '../model/linear.ts';

/** The sections; Ink says which item is selected. */
export const Linear = ({ sections }: { sections: readonly LinearSection[] }): ReactElement =>
  createElement(
    Box,
    { flexDirection: 'column' },
    sections.map(({ heading, items }) =>
      createElement(
        Box,
        { key: heading, flexDirection: 'column' },
        heading === '' ? null : createElement(Text, null, `${heading}:`),
        items.map(({ text, isSelected }, index) =>
          createElement(
            Box,
            { key: index, 'aria-state': { selected: isSelected } },
            createElement(Text, null, text),
          ),
        ),
      ),
    ),
  );

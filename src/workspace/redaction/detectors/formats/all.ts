import { CLOUD_FORMATS } from './cloud.ts';
import { CODE_FORMATS } from './code.ts';
import { type FormatRow, type WrittenFormat, writtenFormat } from './format.ts';
import { MODEL_FORMATS } from './models.ts';
import { SERVICE_FORMATS } from './services.ts';

/** Every token that its own letters identify. The longer keyword first: `sk-ant-` is no `sk-`. */
export const TOKEN_FORMATS: readonly FormatRow[] = [
  ...CODE_FORMATS,
  ...CLOUD_FORMATS,
  ...MODEL_FORMATS,
  ...SERVICE_FORMATS,
];

/** All of them as plain data. The build replaces this module: to read them takes a command milliseconds. */
export const writtenFormats = (): readonly WrittenFormat[] => TOKEN_FORMATS.map(writtenFormat);

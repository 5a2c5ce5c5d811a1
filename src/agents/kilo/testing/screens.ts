export { screens } from '../../opencode/testing/screens.ts';

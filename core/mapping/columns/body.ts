import { bodyText } from '../../event/body';
import type { CompileColumn } from './column-renderer';

/** The body as it came, white space included (K83); as text, so bytes that are no UTF-8 show as U+FFFD. */
export const body: CompileColumn = () => ({ cell: bodyText, value: bodyText });

import type { Event } from '../../event/event';
import type { CompileColumn } from './column-renderer';

/** Time of receipt, UTC with milliseconds (K81, K13). */
export const datetime: CompileColumn = () => ({ cell: toIso, value: toIso });

const toIso = ({ receivedAt }: Event): string => new Date(receivedAt).toISOString();

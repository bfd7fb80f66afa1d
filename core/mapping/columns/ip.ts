import type { Event } from '../../event/event';
import type { CompileColumn } from './column-renderer';

/** Address text of the sender (K82). */
export const ip: CompileColumn = () => ({ cell: addressOf, value: addressOf });

const addressOf = (event: Event): string => event.ip;

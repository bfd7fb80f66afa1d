import { newUuid as randomUuid } from '../../runtime/ids';
import type { CompileColumn } from './column-renderer';

/** A UUID version 7 of the time of receipt, new for every row (K86). */
export const uuid: CompileColumn = () => ({
	cell: ({ receivedAt }, { newUuid = randomUuid }) => newUuid(receivedAt),
	value: ({ receivedAt }, { newUuid = randomUuid }) => newUuid(receivedAt),
});

import { addToBuffer } from './operations/add-to-buffer';
import { flush } from './operations/flush';
import { forwardNow } from './operations/forward-now';
import { listDeadLetters } from './operations/list-dead-letters';
import { map } from './operations/map';
import { replayDeadLetters } from './operations/replay-dead-letters';
import { retryNow } from './operations/retry-now';
import { sign } from './operations/sign';
import { status } from './operations/status';
import { verify } from './operations/verify';
import type { Operation } from './run';

const OPERATIONS = new Map<string, Operation>([
	['data.map', map],
	['data.sign', sign],
	['data.verify', verify],
	['deliver.addToBuffer', addToBuffer],
	['deliver.forwardNow', forwardNow],
	['operate.status', status],
	['operate.flush', flush],
	['operate.retryNow', retryNow],
	['operate.listDeadLetters', listDeadLetters],
	['operate.replayDeadLetters', replayDeadLetters],
]);

/** The work of an operation, one file each in `operations/`. */
export function operationFor(resource: string, operation: string): Operation | undefined {
	return OPERATIONS.get(`${resource}.${operation}`);
}

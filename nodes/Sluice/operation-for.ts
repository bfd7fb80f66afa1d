import { addToBuffer } from './operations/add-to-buffer';
import { backUp } from './operations/back-up';
import { purgeDeadLetters, replayDeadLetters } from './operations/dead-letters';
import { dryRun } from './operations/dry-run';
import { flush } from './operations/flush';
import { forward } from './operations/forward';
import { getBuffer, getBuffers } from './operations/get-buffers';
import { getDeadLetters } from './operations/get-dead-letters';
import { getDeliveries } from './operations/get-deliveries';
import { getMetrics } from './operations/get-metrics';
import { loadTable } from './operations/load-table';
import { map } from './operations/map';
import {
	disable,
	enable,
	pause,
	peek,
	purge,
	resume,
	retryNow,
	synchronize,
} from './operations/operate';
import { getReceiver, getRequests, renewUrlSecret, testReceiver } from './operations/receivers';
import { pushToDataset } from './operations/push-to-dataset';
import { replayKeptEvents } from './operations/replay-kept';
import { sendTestEvent } from './operations/send-test-event';
import { sign } from './operations/sign';
import { verify } from './operations/verify';
import { writeFile } from './operations/write-file';
import type { Operation } from './run';

const OPERATIONS = new Map<string, Operation>([
	['item.map', map],
	['item.sign', sign],
	['item.verify', verify],
	['item.forward', forward],
	['item.loadTable', loadTable],
	['item.pushToDataset', pushToDataset],
	['item.writeFile', writeFile],
	['buffer.add', addToBuffer],
	['buffer.get', getBuffer],
	['buffer.getAll', getBuffers],
	['buffer.getMetrics', getMetrics],
	['buffer.flush', flush],
	['buffer.retryNow', retryNow],
	['buffer.synchronize', synchronize],
	['buffer.peek', peek],
	['buffer.sendTestEvent', sendTestEvent],
	['buffer.dryRun', dryRun],
	['buffer.replayKept', replayKeptEvents],
	['buffer.pause', pause],
	['buffer.resume', resume],
	['buffer.disable', disable],
	['buffer.enable', enable],
	['buffer.purge', purge],
	['deadLetter.getAll', getDeadLetters],
	['deadLetter.replay', replayDeadLetters],
	['deadLetter.purge', purgeDeadLetters],
	['receiver.get', getReceiver],
	['receiver.getRequests', getRequests],
	['receiver.renewUrlSecret', renewUrlSecret],
	['receiver.sendTestEvent', testReceiver],
	['store.backUp', backUp],
	['delivery.getAll', getDeliveries],
]);

/** The work of an operation; `operations/` holds them. */
export function operationFor(resource: string, operation: string): Operation | undefined {
	return OPERATIONS.get(`${resource}.${operation}`);
}

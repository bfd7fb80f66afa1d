import { type AppendCall, packAppends, unpackAppends } from './packed-appends';
import type { Call, OperationCall, RequestMessage } from './protocol';

type PackedCalls = Pick<RequestMessage, 'calls' | 'appends'>;

/** One message of the calls of one turn of the event loop: appends packed, the others between them as they are. */
export function packCalls(all: readonly Call[]): PackedCalls {
	const appends: AppendCall[] = [];
	const calls: (OperationCall | number)[] = [];
	for (const call of all) {
		if (call.op !== 'append') {
			calls.push(call);
			continue;
		}
		appends.push(call);
		const last = calls.at(-1);
		if (typeof last === 'number') calls[calls.length - 1] = last + 1;
		else calls.push(1);
	}
	return { calls, appends: packAppends(appends) };
}

/** The calls of such a message, in the order they were made. */
export function unpackCalls({ calls, appends }: PackedCalls): Call[] {
	const unpacked = unpackAppends(appends);
	// Almost always: nothing but appends.
	if (calls.length === 1 && typeof calls[0] === 'number') return unpacked;
	let taken = 0;
	return calls.flatMap((call): Call | Call[] =>
		typeof call === 'number' ? unpacked.slice(taken, (taken += call)) : call,
	);
}

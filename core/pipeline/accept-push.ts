import type { AppendedEvent, Counters, Store } from '../buffer/store';
import { CoreError, ReceiveError } from '../errors';
import { acceptedAnswer, errorAnswer, type Acceptance } from '../receiver/answer';
import { takeIn, type IntakePorts } from '../receiver/intake/intake';
import type { TakenEvent } from '../receiver/intake/keys';
import { isSplit } from '../receiver/intake/split';
import type { Answer, PushedRequest } from '../receiver/request';
import type { Logger } from '../runtime/logger';
import { appendEvents } from './append-events';
import type { AttachedExport } from './attached-export';
import { renderEvents, type AttachedReceiver } from './attached-receiver';
import { logRefusal } from './log-refusal';
import type { Notices } from './notices';
import { countMisses } from './path-misses';
import type { ProjectExports } from './project-exports';

export interface AcceptPorts {
	readonly store: () => Store;
	readonly intake: IntakePorts;
	readonly projects: ProjectExports;
	readonly notices: Notices;
	readonly logger: Logger;
	/** Hears of each event that the filter of an export has left out. */
	readonly leftOut: (exportId: string) => void;
	/** Hears of what is on disk now. */
	readonly appended: (counters: readonly Counters[]) => void;
}

/** Takes one push from its request to its answer; never rejects and always answers. */
export async function acceptPush(
	receiverId: string,
	receiver: AttachedReceiver | undefined,
	request: PushedRequest,
	ports: AcceptPorts,
): Promise<Answer> {
	try {
		if (!receiver) throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such receiver');
		if (receiver.detached) throw closing();
		const exports = await ports.projects.of(receiver);
		const taken = await takeIn(request, receiver.prepared, ports.intake);
		const leftOut: AttachedExport[] = [];
		const became = await append(receiverId, renderEvents(exports, taken, leftOut), ports);
		for (const { id } of leftOut) ports.leftOut(id);
		countAccepted(receiver, taken, ports.logger);
		const events = taken.map(({ event: { id } }, at) => ({ id, became: became[at] ?? 'filtered' }));
		const eventIds = events.flatMap((one) => (one.became === 'stored' ? one.id : []));
		if (eventIds.length > 0) ports.notices.tell({ kind: 'accepted', receiverId, eventIds });
		return acceptedAnswer(events, isSplit(receiver.config));
	} catch (error) {
		return refuse(receiverId, receiver, error, ports);
	}
}

/** All of them or none; what became of each. */
async function append(
	receiverId: string,
	events: readonly AppendedEvent[],
	{ store, appended }: AcceptPorts,
): Promise<readonly Acceptance[]> {
	const { became, counters } = await appendEvents(store(), receiverId, events);
	appended(counters);
	return became;
}

function countAccepted(
	receiver: AttachedReceiver,
	taken: readonly TakenEvent[],
	logger: Logger,
): void {
	receiver.accepted += taken.length;
	for (const one of taken) {
		const { config, pathMisses } = receiver;
		receiver.pathMisses = countMisses(pathMisses, config, one, logger);
	}
}

function refuse(
	receiverId: string,
	receiver: AttachedReceiver | undefined,
	cause: unknown,
	{ notices, logger }: AcceptPorts,
): Answer {
	if (receiver) receiver.refused++;
	logRefusal(logger, { id: receiverId, label: receiver?.holder.label }, cause);
	if (cause instanceof CoreError) notices.tell({ kind: 'refused', receiverId, error: cause });
	return errorAnswer(cause);
}

function closing(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver is being redeployed; try again');
}

import type { Counters, Store } from '../buffer/store';
import type { DatasetConfig } from '../config';
import { CoreError, ReceiveError } from '../errors';
import { clientIp } from '../event/client-ip';
import type { Authenticated } from '../signature/authenticate';
import { acceptedAnswer, type Acceptance } from '../receiver/answer';
import { configuredAnswer, configuredRefusal } from '../receiver/configured-answer';
import { answerHandshake } from '../receiver/handshakes/answer-handshake';
import { urlSecretOf } from '../receiver/intake/authenticate';
import { takeIn, type IntakePorts, type RequestTrace } from '../receiver/intake/intake';
import { isReplay } from '../receiver/intake/replay-key';
import { isSplit } from '../receiver/intake/split';
import type { SeenRequest } from '../receiver/recent-requests';
import type { Answer, PushedRequest } from '../receiver/request';
import type { Logger } from '../runtime/logger';
import type { AttachedExport } from './attached-export';
import type { AttachedReceiver } from './attached-receiver';
import type { LastEvents } from './last-events';
import { logHandshake } from './log-handshake';
import { logRefusal } from './log-refusal';
import type { Notices } from './notices';
import { countMismatches, countMisses } from './path-misses';
import type { ProjectExports } from './project-exports';
import { storeEvents, type StoredEvents } from './store-events';
import { countEvent, countRefused, isOfLimits } from './request-counts';

export interface AcceptPorts {
	readonly store: () => Store;
	readonly intake: IntakePorts;
	readonly projects: ProjectExports;
	readonly notices: Notices;
	readonly logger: Logger;
	readonly lastEvents: LastEvents;
	/** Hears of each event that the filter of an export has left out. */
	readonly leftOut: (exportId: string) => void;
	/** Hears by what a request was let in. */
	readonly admitted: (receiverId: string, by: Authenticated, at: number) => void;
	/** Hears of what is on disk now. */
	readonly appended: (counters: readonly Counters[]) => void;
	/** Hears why a request is refused. */
	readonly onRefused?: (error: unknown) => void;
}

/** Takes one push from its request to its answer; never rejects and always answers. */
export async function acceptPush(
	receiverId: string,
	receiver: AttachedReceiver | undefined,
	request: PushedRequest,
	ports: AcceptPorts,
): Promise<Answer> {
	const at = ports.intake.now();
	const trace: RequestTrace = {
		onAdmitted(by, admittedAt) {
			requireOpenDataset(receiver?.config.dataset);
			receiver?.admission.admit(admittedAt);
			ports.admitted(receiverId, by, admittedAt);
		},
	};
	const remember = (seen: Omit<SeenRequest, 'at' | 'request' | 'receiver' | 'bytes'>) =>
		receiver?.recent.add({ at, request, receiver: receiver.prepared, bytes: trace.bytes, ...seen });
	let leave = (): void => {};
	try {
		if (!receiver) throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such receiver');
		if (receiver.detached) throw closing();
		const ip = clientIp(request, receiver.prepared.proxies);
		const entered = receiver.admission.enter(request, ip, at);
		leave = entered.leave;
		const offered = ports.projects.of(receiver);
		const exports = offered instanceof Promise ? await offered : offered;
		if (receiver.urlSecrets) await receiver.urlSecrets.lookFor(urlSecretOf(request) ?? '');
		const { prepared, config } = receiver;
		const greeted =
			config.handshake && (await answerHandshake(entered.request, prepared, ports.intake));
		if (greeted?.answer) {
			logHandshake(ports.logger, { id: receiverId, label: receiver.holder.label }, config);
			remember({ status: greeted.answer.status, outcome: 'handshake' });
			return greeted.answer;
		}
		const brought = await takeIn(
			greeted?.request ?? entered.request,
			prepared,
			ports.intake,
			trace,
		);
		const leftOut: AttachedExport[] = [];
		const store = ports.store();
		const stored = await storeEvents(receiver, brought, { store, exports, leftOut });
		ports.appended(stored.counters);
		const { became, taken } = stored;
		for (const { id } of leftOut) ports.leftOut(id);
		noteAccepted(receiver, stored, ports.logger);
		ports.lastEvents.keep(receiverId, taken.at(-1)?.event);
		if (trace.mismatch) noteMismatches(receiver, trace, ports);
		const events = taken.map(({ event: { id } }, at) => ({ id, became: became[at] ?? 'filtered' }));
		const eventIds: string[] = [];
		for (const { id, became: one } of events) if (one === 'stored') eventIds.push(id);
		if (eventIds.length > 0) ports.notices.tell({ kind: 'accepted', receiverId, eventIds });
		const ours = acceptedAnswer(events, isSplit(config));
		const answer = configuredAnswer(ours, config.answer);
		remember({ status: answer.status, ...outcomeOf(became), ...mismatchOf(trace) });
		return answer;
	} catch (error) {
		const answer = refuse({ receiverId, receiver, at }, error, ports);
		remember({ status: answer.status, outcome: 'refused', error });
		ports.onRefused?.(error);
		return answer;
	} finally {
		leave();
	}
}

const BY_WEIGHT: readonly Acceptance[] = ['stored', 'duplicate', 'stale', 'filtered'];

function outcomeOf(
	became: readonly Acceptance[],
): Pick<SeenRequest, 'outcome' | 'events' | 'duplicates'> {
	let most = became[0] ?? 'filtered';
	let duplicates = 0;
	for (const one of became) {
		if (one === 'duplicate') duplicates++;
		if (BY_WEIGHT.indexOf(one) < BY_WEIGHT.indexOf(most)) most = one;
	}
	return { outcome: most, events: became.length, duplicates };
}

function noteAccepted(
	receiver: AttachedReceiver,
	{ taken, became, knownKeys }: StoredEvents,
	logger: Logger,
): void {
	const { config, counts } = receiver;
	for (const [index, one] of taken.entries()) {
		receiver.pathMisses = countMisses(receiver.pathMisses, config, one, logger);
		const isCopy = isReplay(one, knownKeys.get(index) ?? []);
		countEvent(counts, isCopy ? 'replay' : (became[index] ?? 'filtered'), one.event);
	}
}

function noteMismatches(
	receiver: AttachedReceiver,
	trace: RequestTrace,
	{ logger, notices }: Pick<AcceptPorts, 'logger' | 'notices'>,
): void {
	const { id } = receiver.config;
	receiver.pathMisses = countMismatches(receiver.pathMisses, id, trace, logger);
	const { mismatches: events = 0, mismatch: first } = trace;
	if (first) notices.tell({ kind: 'mismatched', receiverId: id, events, first });
}

function mismatchOf({
	mismatches,
	mismatch,
}: RequestTrace): Pick<SeenRequest, 'mismatches' | 'mismatch'> {
	return mismatches === undefined || !mismatch ? {} : { mismatches, mismatch };
}

function refuse(
	{
		receiverId,
		receiver,
		at,
	}: {
		readonly receiverId: string;
		readonly receiver: AttachedReceiver | undefined;
		readonly at: number;
	},
	cause: unknown,
	{ notices, logger }: AcceptPorts,
): Answer {
	const isLimited = isOfLimits(cause);
	if (receiver) countRefused(receiver.counts, cause);
	if (!isLimited || receiver?.admission.isToBeLogged(at))
		logRefusal(logger, { id: receiverId, label: receiver?.holder.label }, cause);
	if (cause instanceof CoreError) notices.tell({ kind: 'refused', receiverId, error: cause });
	return configuredRefusal(cause, receiver?.config.answer);
}

/** Only who may push is told (O12). @throws ReceiveError ERR_DATASET_CLOSED */
function requireOpenDataset(dataset: DatasetConfig | undefined): void {
	if (!dataset || (dataset.isPushEnabled && dataset.isPublished)) return;
	const why = dataset.isPublished ? 'push is disabled' : 'the dataset is not published';
	throw new ReceiveError('ERR_DATASET_CLOSED', `${why}: nothing is added or deleted`);
}

function closing(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver is being redeployed; try again');
}

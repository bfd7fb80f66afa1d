import { projectOf, type ReceiverConfig } from '../config';
import { CoreError, ReceiveError } from '../errors';
import { refuseDeepBody } from '../event/body';
import type { Event } from '../event/event';
import type { SecretSources } from '../sink/secret-ref';
import type { Logger } from '../runtime/logger';
import type { AppendedEvent } from '../buffer/store';
import { atEvent } from '../receiver/intake/at-event';
import type { TakenEvent } from '../receiver/intake/keys';
import type { PreparedReceiver } from '../receiver/intake/prepare';
import { allKeys } from '../receiver/intake/replay-key';
import type { Admission } from '../receiver/admission';
import type { NewestTimes } from '../receiver/newest-times';
import type { RecentRequests } from '../receiver/recent-requests';
import type { UrlSecrets } from '../receiver/url-secrets';
import { type AttachedExport, type Rendered, toAppended } from './attached-export';
import { keptRow, type KeptIn } from './kept-export';
import type { PathMisses } from './path-misses';
import { refusedByExports, type FailedExport } from './refused-by-exports';
import type { RequestCounts } from './request-counts';

/** Rows that one request may hold in memory: each of its events repeats the headers, in every export. Stores write less at once. */
const MAX_RENDERED_BYTES = 64 * 1_048_576;

/** Of an event of which nothing is stored. */
const NOTHING: AppendedEvent = { rows: [] };

/** A receiver that a pipeline holds, with its exports. */
export interface AttachedReceiver {
	readonly config: ReceiverConfig;
	/** Made anew where the secret of its URL changes. */
	prepared: PreparedReceiver;
	readonly exports: readonly AttachedExport[];
	readonly holder: Holder;
	/** Resolves when the store knows all exports. */
	ready: Promise<void>;
	/** Answers 503 from now on. */
	detached: boolean;
	/** Kept by whatever comes into its place. */
	readonly counts: RequestCounts;
	readonly admission: Admission;
	pathMisses: PathMisses;
	readonly recent: RecentRequests;
	/** Where it keeps the latest events. */
	readonly newest?: NewestTimes;
	/** Where a secret stands in its URL. */
	readonly urlSecrets?: UrlSecrets;
}

/**
 * Who holds a receiver or export: key is the identity (a node's id), label is for people, logger hears what concerns it. Its sources have the
 * texts of the secrets that the authentication of a receiver names.
 */
export interface Holder extends SecretSources {
	readonly key: string;
	readonly label: string;
	/** Where senders push to, with a secret in the place of the one in the URL where one is given; absent where the host does not know. */
	readonly pushUrl?: ((secret?: string) => string) | undefined;
	/** Default: that of the pipeline. */
	readonly logger?: Logger | undefined;
}

/**
 * Events as they are appended together: the rows of each in all these exports, and its keys. All of them, or a throw (K69).
 *
 * @param leftOut gets the exports whose filter has left one of them out, once for each
 * @throws as refusedByExports, where onMappingError is reject; ReceiveError ERR_REQUEST_TOO_LARGE
 */
export function renderEvents(
	exports: readonly AttachedExport[],
	events: readonly TakenEvent[],
	leftOut: AttachedExport[],
): AppendedEvent[] {
	let bytes = 0;
	return events.map((one) => {
		const { event, index, latest, isDropped = false } = one;
		if (isDropped) return NOTHING;
		const rendered = renderOne(exports, event, { index, leftOut });
		for (const { row } of rendered) bytes += row.payload.length;
		if (events.length > 1 && bytes > MAX_RENDERED_BYTES) throw tooManyBytes(events.length);
		return toAppended(rendered, allKeys(one), latest);
	});
}

/** Items of the flow as they are appended to one export, none of which any later step may fail on. @throws as renderEvents, ReceiveError */
export function renderItems(
	export_: AttachedExport,
	events: readonly Event[],
	leftOut: AttachedExport[] = [],
): AppendedEvent[] {
	for (const event of events) refuseDeepBody(event);
	return events.map((event) => toAppended(renderAll([export_], event, leftOut)));
}

/** The rows of an event; what is wrong with one of several is told with its position. */
function renderOne(
	exports: readonly AttachedExport[],
	event: Event,
	{ index, leftOut }: { readonly index: number | undefined; readonly leftOut: AttachedExport[] },
): Rendered[] {
	try {
		return renderAll(exports, event, leftOut);
	} catch (error) {
		throw error instanceof CoreError && index !== undefined ? atEvent(error, index) : error;
	}
}

function tooManyBytes(events: number): ReceiveError {
	return new ReceiveError(
		'ERR_REQUEST_TOO_LARGE',
		`the ${events} events of the request make rows of more than ${MAX_RENDERED_BYTES} bytes; send it in parts`,
		{ details: { events, limit: MAX_RENDERED_BYTES } },
	);
}

/** The rows of an event. All exports are asked, so that its sender hears of all that cannot take it. */
function renderAll(
	exports: readonly AttachedExport[],
	event: Event,
	leftOut: AttachedExport[],
): Rendered[] {
	const rendered: Rendered[] = [];
	let failed: FailedExport[] | undefined;
	for (const export_ of exports) {
		try {
			const one = export_.render(event);
			if (one) {
				rendered.push(one);
				if (export_.keptIn) keepOnce(rendered, event, export_.keptIn);
			} else leftOut.push(export_);
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			(failed ??= []).push({ name: nameOf(export_), label: export_.config.label, error });
		}
	}
	if (failed) throw refusedByExports(failed, exports.length);
	return rendered;
}

/** Several exports may want it. */
function keepOnce(rendered: Rendered[], event: Event, keptIn: KeptIn): void {
	if (rendered.some(({ row }) => row.exportId === keptIn.exportId)) return;
	rendered.push({ row: keptRow(event, keptIn) });
}

/** As its receiver calls it; those of a project are of another place, and may be called the same. */
function nameOf({ id, config }: AttachedExport): string {
	return projectOf(config) === undefined ? config.id : id;
}

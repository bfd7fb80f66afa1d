import type { StoredRow } from '../buffer/store';
import { locatedError } from '../error-place';
import { CoreError } from '../errors';
import type { Event } from '../event/event';
import { systemClock, type Clock } from '../runtime/clock';
import type { FetchText } from '../runtime/fetch-text';
import { newUuid } from '../runtime/ids';
import { acceptedAnswer } from '../receiver/answer';
import { configuredAnswer, configuredRefusal } from '../receiver/configured-answer';
import { answerHandshake } from '../receiver/handshakes/answer-handshake';
import { takeIn } from '../receiver/intake/intake';
import { prepareReceiver } from '../receiver/intake/prepare';
import { isSplit } from '../receiver/intake/split';
import type { Answer, PushedRequest } from '../receiver/request';
import { fetchText as guardedFetch } from '../sink/http/fetch-text';
import {
	flowContent,
	type ContentConfig,
	type FlowContent,
	type WrittenBatch,
} from '../sink/flow-content';
import type { UnreadableRow } from '../sink/read-rows';
import { compileExport, type AttachedExport } from './attached-export';
import { parseExportConfig, type ExportInput } from './parse-export';
import { refusedByExports, type FailedExport } from './refused-by-exports';
import { parseReceiverConfig, type ReceiverInput } from './parse-receiver';
import { testBatch } from './test-batch';

/** What a push would have become. */
export interface Preview {
	/** The same answer as of `accept`; of an event that does not fit, also at which column and place. */
	readonly answer: Answer;
	/** By export: the records of the events that its filter takes. Absent when the push is refused, or was a handshake. */
	readonly records?: readonly (readonly unknown[])[];
	/** By export: the same in one text or file, where its batches are one. */
	readonly written?: readonly (WrittenBatch | undefined)[];
}

/** Of an export, as its flow gets its batches. */
export type PreviewedContent = ContentConfig & { readonly label?: string | undefined };

/**
 * Takes one push the way of `accept` up to the store, and stores nothing: for test modes of editors.
 *
 * @throws ConfigError, MappingError for a configuration that cannot work; a push that is refused is an answer
 */
export async function previewPush(
	config: ReceiverInput,
	exports: readonly ExportInput[],
	request: PushedRequest,
	{
		clock = systemClock,
		contents = [],
		fetchText = guardedFetch,
		onRefused,
	}: {
		clock?: Clock;
		/** In the order of the exports; default: rows. */
		contents?: readonly PreviewedContent[];
		fetchText?: FetchText;
		/** Hears why the push is refused, where somebody else words the answer. */
		onRefused?: (error: unknown) => void;
	} = {},
): Promise<Preview> {
	const compiled = exports.map((one) => compileExport(parseExportConfig(one), undefined));
	const receiver = parseReceiverConfig(config);
	const ports = { now: () => clock.now(), newId: newUuid, fetchText };
	const prepared = prepareReceiver(receiver);
	try {
		const greeted = await answerHandshake(request, prepared, ports);
		if (greeted.answer) return { answer: greeted.answer };
		const taken = await takeIn(greeted.request, prepared, ports);
		const brought = taken.map(({ event }) => event);
		const shown = await contentsOf(compiled, brought, contents);
		const stored = new Set(shown.flatMap(({ eventIds }) => eventIds));
		const events = brought.map(({ id }) => ({
			id,
			became: stored.has(id) ? ('stored' as const) : ('filtered' as const),
		}));
		const answer = configuredAnswer(acceptedAnswer(events, isSplit(receiver)), receiver.answer);
		return {
			answer,
			records: shown.map(({ records }) => records),
			written: shown.map(({ written }) => written),
		};
	} catch (error) {
		onRefused?.(error);
		return { answer: configuredRefusal(error, receiver.answer) };
	}
}

/** What each export makes of the events; whoever builds them is told of all that fail, and where. @throws as refusedByExports */
async function contentsOf(
	exports: readonly AttachedExport[],
	events: readonly Event[],
	contents: readonly PreviewedContent[],
): Promise<PreviewedEvents[]> {
	const failed: FailedExport[] = [];
	const shown: PreviewedEvents[] = [];
	for (const [index, export_] of exports.entries()) {
		try {
			shown.push(await previewContent(export_, events, contents[index]));
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			const { id: name, label } = export_.config;
			failed.push({ name, label, error: locatedError(error) });
		}
	}
	if (failed.length > 0) throw refusedByExports(failed, exports.length);
	return shown;
}

export interface PreviewedEvents extends Pick<FlowContent, 'records' | 'written'> {
	/** Of those that the filter takes. */
	readonly eventIds: readonly string[];
}

/**
 * What the flow of an export would get of events, as one batch. Revision 1: the mapping as it is now, of which these are the first rows.
 *
 * @returns no records where the filter leaves all of them out
 * @throws CoreError where one cannot be mapped or written
 */
export async function previewContent(
	export_: AttachedExport,
	events: readonly Event[],
	config: PreviewedContent = {},
): Promise<PreviewedEvents> {
	const rows: StoredRow[] = [];
	for (const event of events) {
		const rendered = export_.render(event);
		if (!rendered) continue;
		if ('error' in rendered) throw rendered.error;
		rows.push({ ...rendered.row, mappingRevision: 1, rowId: rows.length + 1 });
	}
	const [first] = rows;
	if (!first) return { records: [], eventIds: [] };
	const unreadable: UnreadableRow[] = [];
	const content = await flowContent(testBatch(export_, rows, first.eventId), config, unreadable);
	if (unreadable[0]) throw unreadable[0].error;
	return { ...content, eventIds: rows.map(({ eventId }) => eventId) };
}

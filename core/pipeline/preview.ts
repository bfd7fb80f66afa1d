import { systemClock, type Clock } from '../runtime/clock';
import type { FetchText } from '../runtime/fetch-text';
import { newUuid } from '../runtime/ids';
import { acceptedAnswer, errorAnswer } from '../receiver/answer';
import { configuredAnswer, configuredRefusal } from '../receiver/configured-answer';
import { answerHandshake } from '../receiver/handshakes/answer-handshake';
import { takeIn } from '../receiver/intake/intake';
import type { TakenEvent } from '../receiver/intake/keys';
import { prepareReceiver } from '../receiver/intake/prepare';
import { isSplit } from '../receiver/intake/split';
import type { Answer, PushedRequest } from '../receiver/request';
import { fetchText as guardedFetch } from '../sink/http/fetch-text';
import { recordReader, type FlowNumbers } from '../sink/records';
import { compileExport, type AttachedExport } from './attached-export';
import { parseExportConfig, type ExportInput } from './parse-export';
import { parseReceiverConfig, type ReceiverInput } from './parse-receiver';

/** What a push would have become. */
export interface Preview {
	/** The same answer as of `accept`. */
	readonly answer: Answer;
	/** By export: the records of the events that its filter takes. Absent when the push is refused, or was a handshake. */
	readonly records?: readonly (readonly unknown[])[];
}

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
		numbers = 'double',
		fetchText = guardedFetch,
	}: { clock?: Clock; numbers?: FlowNumbers; fetchText?: FetchText } = {},
): Promise<Preview> {
	const compiled = exports.map((one) => compileExport(parseExportConfig(one), undefined));
	const receiver = parseReceiverConfig(config);
	const ports = { now: () => clock.now(), newId: newUuid, fetchText };
	const prepared = prepareReceiver(receiver);
	try {
		const greeted = await answerHandshake(request, prepared, ports);
		if (greeted.answer) return { answer: greeted.answer };
		const taken = await takeIn(greeted.request, prepared, ports);
		const records = compiled.map((export_) => recordsOf(export_, taken, numbers));
		const events = taken.map(({ event: { id } }) => ({ id, became: 'stored' as const }));
		const answer = configuredAnswer(acceptedAnswer(events, isSplit(receiver)), receiver.answer);
		return { answer, records };
	} catch (error) {
		return { answer: configuredRefusal(errorAnswer(error), receiver.answer) };
	}
}

/** Revision 1: the mapping as it is now, of which these are the first rows. @throws CoreError where one cannot be mapped */
function recordsOf(
	export_: AttachedExport,
	taken: readonly TakenEvent[],
	numbers: FlowNumbers,
): unknown[] {
	const { output, columns } = export_.config;
	const rows = { output, exportId: export_.id, ...(columns ? { columns } : {}) };
	const read = recordReader(rows, numbers);
	let rowId = 0;
	return taken.flatMap(({ event }) => {
		const rendered = export_.render(event);
		if (!rendered) return [];
		if ('error' in rendered) throw rendered.error;
		rowId += 1;
		return [read({ ...rendered.row, mappingRevision: 1, rowId })];
	});
}

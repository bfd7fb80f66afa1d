import { systemClock, type Clock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import { acceptedAnswer, errorAnswer } from '../receiver/answer';
import { takeIn } from '../receiver/intake/intake';
import type { Answer, PushedRequest } from '../receiver/request';
import { recordReader, type FlowNumbers } from '../sink/records';
import { compileExport } from './attached-export';
import {
	parseExportConfig,
	parseReceiverConfig,
	type ExportInput,
	type ReceiverInput,
} from './parse-config';

/** What a push would have become. */
export interface Preview {
	/** The same answer as of `accept`. */
	readonly answer: Answer;
	/** By export: the record of the event, or undefined where the filter leaves it out. Absent when the push is refused. */
	readonly records?: readonly unknown[];
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
	{ clock = systemClock, numbers = 'double' }: { clock?: Clock; numbers?: FlowNumbers } = {},
): Promise<Preview> {
	const compiled = exports.map((one) => compileExport(parseExportConfig(one), undefined));
	const receiver = parseReceiverConfig(config);
	const ports = { now: () => clock.now(), newId: newUuid };
	try {
		const { event } = await takeIn(request, receiver, ports);
		const records = compiled.map((export_) => {
			const rendered = export_.render(event);
			if (!rendered) return undefined;
			if ('error' in rendered) throw rendered.error;
			const { output, columns } = export_.config;
			// Revision 1: the mapping as it is now, of which this is the first row.
			const row = { ...rendered.row, mappingRevision: 1, rowId: 1 };
			const rows = { output, exportId: export_.id, ...(columns ? { columns } : {}) };
			return recordReader(rows, numbers)(row);
		});
		return { answer: acceptedAnswer(event.id, 'stored'), records };
	} catch (error) {
		return { answer: errorAnswer(error) };
	}
}

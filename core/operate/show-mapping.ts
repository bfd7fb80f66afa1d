import { LATEST_PATHS } from '../config';
import { locatedError } from '../error-place';
import { CoreError, MappingError, type ErrorCode } from '../errors';
import type { Event } from '../event/event';
import type { Column } from '../mapping/column';
import { compileFilter } from '../mapping/filter';
import { compileMapping } from '../mapping/mapping';
import { shorten } from '../message-text';
import { compileExport } from '../pipeline/attached-export';
import { parseExportConfig } from '../pipeline/parse-export';
import { previewContent } from '../pipeline/preview';
import type { Clock } from '../runtime/clock';
import { toColumns, uncheckedColumns, type DataSettings } from '../settings/buffer-settings';
import { toFilter, type FilterSettings } from '../settings/filter-settings';
import { toFlowContent, type FlowSettings } from '../settings/flow-settings';
import { sameName } from '../settings/setting-path';

/** What of a dialog decides over the rows of a buffer. */
export type MappingSettings = DataSettings &
	FilterSettings &
	Omit<FlowSettings, 'ackTimeoutSeconds'>;

/** What is wrong, and where in a template, if it is a place in one: lines and columns as J87. */
export interface MappingFault {
	readonly code: ErrorCode;
	readonly message: string;
	readonly line?: number;
	readonly column?: number;
}

/** A cell of the row. */
export interface ShownCell {
	readonly name: string;
	/** JSON of its value, with the numbers of the sender; cut after 1,000 characters. */
	readonly value?: string;
	/** Why it has none. */
	readonly fault?: MappingFault;
	/** Neither: those before it took all the time there is. */
	readonly isUntried?: true;
}

/** What a mapping that is being edited makes of one event. */
export interface ShownMapping {
	readonly filter:
		| { readonly became: 'taken' | 'leftOut' }
		| { readonly became: 'failed'; readonly fault: MappingFault };
	/** In the order of the columns or fields; none of whole events. */
	readonly cells: readonly ShownCell[];
	/** What the flow gets of it, where it is taken and nothing failed: its record, or a batch of it in one text. */
	readonly gets?: {
		readonly as: 'record' | 'text' | 'file';
		/** At most 20,000 characters. */
		readonly text: string;
		readonly isCut: boolean;
	};
	/** Why there is no row, though nothing is wrong with any column alone. */
	readonly fault?: MappingFault;
}

const SHOWN_VALUE = 1_000;
const SHOWN_TEXT = 20_000;

/** It is asked for while somebody types, and whoever waits for events waits for it: no further column is tried after so long … */
const BUDGET_MS = 500;
/** … or after so many templates that reached their limits. */
const MAX_LIMITS_REACHED = 2;

/**
 * Takes one event through a mapping that may be half written: each column by itself, so that what is wrong with one hides nothing of the
 * others, and then all of it by filter and renderer as a delivery has it. Nothing is stored. `id` columns have the number 1.
 *
 * @param o.receiverId tells items of the flow from pushed events (`ExportConfig.receiverId`)
 * @throws nothing that is wrong with the mapping or the event: that is in the answer
 */
export async function showMapping(
	settings: MappingSettings,
	event: Event,
	o: { readonly receiverId: string; readonly clock: Clock },
): Promise<ShownMapping> {
	const filter = filterOf(settings, event);
	const cells = orFault(() => cellsOf(settings, event, o.clock));
	if (!Array.isArray(cells)) return { filter, cells: [], fault: cells.fault };
	try {
		const columns = toColumns(settings);
		const content = toFlowContent(settings);
		const isWhole = cells.every(({ value }) => value !== undefined);
		if (filter.became !== 'taken' || !isWhole) return { filter, cells };
		const { receiverId } = o;
		const config = parseExportConfig({ id: 'sample', receiverId, ...(columns ? { columns } : {}) });
		const { records, written } = await previewContent(
			compileExport(config, undefined),
			[event],
			content,
		);
		if (written?.as === 'text') return { filter, cells, gets: cut('text', written.text) };
		if (written) return { filter, cells, gets: cut('file', Buffer.from(written.bytes).toString()) };
		return { filter, cells, gets: cut('record', JSON.stringify(records[0], null, 2)) };
	} catch (error) {
		return { filter, ...withFault(cells, error) };
	}
}

function filterOf(settings: FilterSettings, event: Event): ShownMapping['filter'] {
	const became = orFault(() => {
		const takes = compileFilter(toFilter(settings, sameName), LATEST_PATHS);
		return takes(event) ? 'taken' : 'leftOut';
	});
	return typeof became === 'string' ? { became } : { became: 'failed', ...became };
}

function cellsOf(settings: DataSettings, event: Event, clock: Clock): ShownCell[] {
	const until = now(clock) + BUDGET_MS;
	let limitsReached = 0;
	return (uncheckedColumns(settings) ?? []).map((column): ShownCell => {
		const { name } = column;
		if (limitsReached >= MAX_LIMITS_REACHED || now(clock) > until) return { name, isUntried: true };
		const value = orFault(() => valueOf(column, event));
		if (typeof value === 'string') return { name, value };
		if (value.fault.code === 'ERR_TEMPLATE_LIMIT') limitsReached += 1;
		return { name, ...value };
	});
}

/** Under a name of its own: a column that has none yet has a value all the same. */
function valueOf(column: Column, event: Event): string {
	const { renderRecord } = compileMapping({ columns: [{ ...column, name: 'value' }] });
	const { value } = renderRecord(event, { rowId: 1, exactNumbers: true });
	return shorten(JSON.stringify(value), SHOWN_VALUE);
}

/** What the columns are together, such as two of one name: at the column where it names one. @throws what is no CoreError */
function withFault(
	cells: readonly ShownCell[],
	error: unknown,
): Pick<ShownMapping, 'cells' | 'fault'> {
	const fault = faultOf(error);
	const path = String((error as CoreError).details['path'] ?? '');
	const position = Number(/^(?:columns|fields)\[(\d+)\]/.exec(path)?.[1] ?? -1);
	if (!cells[position]) return { cells, fault };
	return {
		cells: cells.map((cell, index) =>
			index === position && !cell.fault ? { ...cell, fault } : cell,
		),
	};
}

function orFault<T>(work: () => T): T | { readonly fault: MappingFault } {
	try {
		return work();
	} catch (error) {
		return { fault: faultOf(error) };
	}
}

/** Without the name of the column, beside which it is shown. @throws what is no CoreError */
export function faultOf(error: unknown): MappingFault {
	if (!(error instanceof CoreError)) throw error;
	const { code, message, details } = error;
	if (code === 'ERR_TEMPLATE_SYNTAX' && error.cause instanceof MappingError) {
		// The engine's own error is the cause: the words around it say which column it is.
		const { reason, line, column } = error.cause.details;
		const place = { line: Number(line), column: Number(column) };
		if (typeof reason === 'string' && line !== undefined)
			return { code, message: reason, ...place };
	}
	const { column: _, ...rest } = details;
	const own = message.replace(/^(?:columns|fields)\[\d+\]\.?/, '').replace(/^: /, '');
	return { code, message: locatedError(new MappingError(code, own, { details: rest })).message };
}

function cut(as: 'record' | 'text' | 'file', text: string): NonNullable<ShownMapping['gets']> {
	return { as, text: shorten(text, SHOWN_TEXT), isCut: text.length > SHOWN_TEXT };
}

function now(clock: Clock): number {
	return clock.monotonicMs?.() ?? clock.now();
}

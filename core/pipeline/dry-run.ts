import type { ExportConfig } from '../config';
import { errorPlace, locatedError } from '../error-place';
import { CoreError, type ErrorCode } from '../errors';
import type { Event } from '../event/event';
import { canonicalJson } from '../pure/canonical-json';
import { recordReader } from '../sink/records';
import { compileExport } from './attached-export';

/** An event to try, and where it was found. */
export interface TriedEvent<Place extends string = string> {
	readonly from: Place;
	readonly event: Event;
}

/** What a mapping makes of an event. */
export type Made =
	| { readonly became: 'row'; readonly record: unknown }
	/** By the filter. */
	| { readonly became: 'leftOut' }
	| {
			readonly became: 'failed';
			readonly code: ErrorCode;
			/** With its place: column, and lines of a template. */
			readonly message: string;
			readonly column?: string;
	  };

export interface DryResult<Place extends string = string> {
	readonly eventId: string;
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	readonly from: Place;
	readonly before: Made;
	readonly after: Made;
	/** Where both are rows: the columns whose values differ; what one of them does not have is absent. */
	readonly changes?: readonly {
		readonly column: string;
		readonly before?: unknown;
		readonly after?: unknown;
	}[];
}

export interface ColumnDifference {
	readonly name: string;
	readonly is: 'same' | 'changed' | 'added' | 'removed';
	/** Events in which its value is another one, or is there in one of both alone. */
	readonly events: number;
}

/** What a changed mapping would make of events, beside what the present one makes of them. */
export interface DryRun<Place extends string = string> {
	readonly events: number;
	/** Of these by the changed mapping: */
	readonly rows: number;
	readonly leftOut: number;
	readonly failed: number;
	/** Events of which anything differs. */
	readonly changed: number;
	/** In the order of the changed mapping, then those that are gone; of whole events their members. */
	readonly columns: readonly ColumnDifference[];
	readonly results: readonly DryResult<Place>[];
}

/** Rows that are shown of one run, bytes, so that none fills the memory. */
const SHOWN_BYTES = 1024 ** 2;

/** Templates that reach a limit take their time: after so many events of which one did, no further one is tried. */
const MAX_LIMITS_REACHED = 5;

/**
 * Takes events through two mappings of an export, filter and all, and compares them column by column: with the renderer that deliveries
 * have, and without a store. `id` columns count from 1 here; `uuid` columns, which are new for every row, do not differ.
 *
 * @returns as many events as fit into a megabyte of rows, one at least, and no more where templates reach their limits again and again
 * @throws ConfigError, MappingError ERR_TEMPLATE_SYNTAX for a mapping that cannot work
 */
export function dryRun<Place extends string>(
	events: Iterable<TriedEvent<Place>>,
	before: ExportConfig,
	after: ExportConfig,
): DryRun<Place> {
	const [was, is] = [mappingOf(before), mappingOf(after)];
	const alike = namesOf(before, 'uuid').filter((name) => namesOf(after, 'uuid').includes(name));
	const results: DryResult<Place>[] = [];
	let bytes = 0;
	let limitsReached = 0;
	for (const { from, event } of events) {
		const rowId = results.length + 1;
		const [a, b] = [was(event, rowId), is(event, rowId)];
		bytes += a.bytes + b.bytes;
		if (results.length > 0 && bytes > SHOWN_BYTES) break;
		if ([a.made, b.made].some(reachedLimit)) limitsReached += 1;
		const changes = changesOf(a.made, b.made, alike);
		results.push({
			eventId: event.id,
			receivedAt: event.receivedAt,
			from,
			before: a.made,
			after: b.made,
			...(changes ? { changes } : {}),
		});
		if (limitsReached >= MAX_LIMITS_REACHED) break;
	}
	const count = (became: Made['became']) =>
		results.filter(({ after: { became: what } }) => what === became).length;
	return {
		events: results.length,
		rows: count('row'),
		leftOut: count('leftOut'),
		failed: count('failed'),
		changed: results.filter(differs).length,
		columns: columnsOf(results, before, after),
		results,
	};
}

function mappingOf(config: ExportConfig) {
	// What cannot be mapped is told here, whatever becomes of it later.
	const export_ = compileExport({ ...config, onMappingError: 'reject' }, undefined);
	const { output, columns } = config;
	const rows = { output, exportId: export_.id, ...(columns ? { columns } : {}) };
	const toRecord = recordReader(rows, 'text');
	return (event: Event, rowId: number): { readonly made: Made; readonly bytes: number } => {
		try {
			const rendered = export_.render(event);
			if (!rendered) return { made: { became: 'leftOut' }, bytes: 0 };
			const { row } = rendered;
			const record = toRecord({ ...row, mappingRevision: 1, rowId });
			return { made: { became: 'row', record }, bytes: row.payload.length };
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			return { made: failed(error), bytes: 0 };
		}
	};
}

function failed(error: CoreError): Made {
	const { column } = error.details;
	return {
		became: 'failed',
		code: error.code,
		message: errorPlace(error) === undefined ? error.message : locatedError(error).message,
		...(typeof column === 'string' ? { column } : {}),
	};
}

function reachedLimit(made: Made): boolean {
	return made.became === 'failed' && made.code === 'ERR_TEMPLATE_LIMIT';
}

function changesOf(before: Made, after: Made, alike: readonly string[]): DryResult['changes'] {
	if (before.became !== 'row' || after.became !== 'row') return undefined;
	const [was, is] = [membersOf(before.record), membersOf(after.record)];
	const names = [...new Set([...is.keys(), ...was.keys()])];
	return names
		.filter((name) => {
			if (!was.has(name) || !is.has(name)) return true;
			return !alike.includes(name) && textOf(was.get(name)) !== textOf(is.get(name));
		})
		.map((column) => ({
			column,
			...(was.has(column) ? { before: was.get(column) } : {}),
			...(is.has(column) ? { after: is.get(column) } : {}),
		}));
}

/** An item of the flow may be any JSON: what is no object has one member. */
function membersOf(record: unknown): Map<string, unknown> {
	const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
	return new Map(isObject ? Object.entries(record) : [['value', record]]);
}

function textOf(value: unknown): string {
	return canonicalJson({ value });
}

function differs({ before, after, changes }: DryResult): boolean {
	return changes ? changes.length > 0 : textOf(before) !== textOf(after);
}

function columnsOf(
	results: readonly DryResult[],
	before: ExportConfig,
	after: ExportConfig,
): ColumnDifference[] {
	const of = (config: ExportConfig, which: 'before' | 'after') =>
		new Set(
			config.columns
				? config.columns.map(({ name }) => name)
				: results.flatMap(({ [which]: made }) =>
						made.became === 'row' ? [...membersOf(made.record).keys()] : [],
					),
		);
	const [was, is] = [of(before, 'before'), of(after, 'after')];
	return [...new Set([...is, ...was])].map((name) => {
		const events = results.filter(({ changes }) =>
			changes?.some(({ column }) => column === name),
		).length;
		const inBoth = events > 0 ? 'changed' : 'same';
		return { name, is: !was.has(name) ? 'added' : !is.has(name) ? 'removed' : inBoth, events };
	});
}

function namesOf({ columns = [] }: ExportConfig, type: string): string[] {
	return columns.filter((column) => column.type === type).map(({ name }) => name);
}

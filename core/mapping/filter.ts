import { MappingError } from '../errors';
import type { Event } from '../event/event';
import { compile } from '../jsonnet/jsonnet';
import type { Column } from './column';
import { templateGlobals } from './globals/globals';
import { labelsOf, matchesLabel, textAt, type LabelRule } from './label-rule';
import { unwrapError } from './unwrap-error';

/** Decides whether an export takes an event: everything that is named has to hold. Absent or empty: it takes all of them. */
export interface Filter {
	/** Event types the export takes; none means all (D38). */
	readonly types?: readonly string[];
	/** Place of the type in the JSON body of events that have none, as those of the flow; default that of the Data Connector. */
	readonly typePath?: string;
	/** Of its labels, each of which has to hold; an event without labels has none. */
	readonly labels?: readonly LabelRule[];
	/** Place of an object of labels in the JSON body; default that of the Data Connector (`LATEST_PATHS.labelsPath`). */
	readonly labelsPath?: string;
	/** Jsonnet with what templates have, which gives true for the events that the export takes, and false for the others. */
	readonly condition?: NonNullable<Column['template']>;
}

/**
 * Compiles a filter. Cheapest first: what a type decides reads no body, and what labels decide runs no template.
 *
 * @param o places where the filter names none
 * @throws MappingError ERR_TEMPLATE_SYNTAX. The function throws MappingError and, for a body that a condition cannot read, ReceiveError
 */
export function compileFilter(
	{ types = [], typePath, labels = [], labelsPath, condition }: Filter = {},
	o: { readonly typePath: string; readonly labelsPath: string },
): (event: Event) => boolean {
	const path = labelsPath ?? o.labelsPath;
	const holds = condition && compileCondition(condition.content);
	return (event) => {
		// An event without a type passes only where no types are asked for.
		if (types.length > 0) {
			const type = event.type ?? textAt(event, typePath ?? o.typePath);
			if (type === undefined || !types.includes(type)) return false;
		}
		if (labels.length > 0) {
			const found = labelsOf(event, path);
			if (!labels.every((rule) => matchesLabel(rule, found))) return false;
		}
		return holds === undefined || holds(event);
	};
}

function compileCondition(source: string): (event: Event) => boolean {
	const compiled = named(() => compile<Event>(source, { globals: templateGlobals('buffer') }));
	return (event) => {
		const value = named(() => unwrapError(() => compiled.evaluate(event)));
		if (typeof value === 'boolean') return value;
		const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
		const message = `filter condition: gives ${kind}, and not true or false`;
		throw new MappingError('ERR_TEMPLATE_RUNTIME', message, { details: FILTER });
	};
}

const FILTER = { filter: 'condition' } as const;

/** Errors of templates say which column they are about; this is none. */
function named<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof MappingError)) throw error;
		const { code, message, cause, details } = error;
		throw new MappingError(code, `filter condition: ${message}`, {
			cause,
			details: { ...details, ...FILTER },
		});
	}
}

/** Finds buffers by what a person calls them. */
import {
	BufferError,
	listExports,
	type KnownExport,
	type NamedExport,
	type Operable,
} from '../../core/index';

const ITEMS = 'items:';

/** What the nodes show and take as the full name of a buffer: `<workflow id>:<node id>/<name>`. */
export function bufferName(exportId: string): string {
	return exportId.startsWith(ITEMS) ? exportId.slice(ITEMS.length) : exportId;
}

/** Ids of exports that may have this name, besides those that are called so by id or label. */
export function fullNames(name: string): readonly string[] {
	return [name, `${ITEMS}${name}`];
}

/**
 * The full name, among others: a Trigger that took pushes once and is filled by workflows now has two buffers of the same full name.
 * The latter is shown with its whole id then.
 */
export function bufferNameAmong(exportId: string, all: readonly string[]): string {
	const name = bufferName(exportId);
	return name !== exportId && all.includes(name) ? exportId : name;
}

/** Whether workflows fill it, and not pushed events. */
export function isFilledByWorkflows({ receiverId }: Pick<KnownExport, 'receiverId'>): boolean {
	return receiverId.startsWith(ITEMS);
}

/**
 * The buffer of this name: short, as a person reads it (`<workflow> / <node> / <name>`), or full.
 *
 * @param o.filledByWorkflows leaves out those that pushed events fill
 * @throws BufferError ERR_EXPORT_UNKNOWN when there is none, or several have the name; `details.advice` says what to do
 */
export async function findBuffer(
	on: Operable,
	text: string,
	o: { readonly filledByWorkflows?: boolean } = {},
): Promise<NamedExport> {
	const wanted = text.trim();
	const all = await listExports(on);
	const allowed = o.filledByWorkflows ? all.filter(isFilledByWorkflows) : all;
	const exact = allowed.filter(({ exportId }) => exportId === wanted);
	const full = allowed.filter(({ exportId }) => bufferName(exportId) === wanted);
	const labelled = allowed.filter(({ label }) => label === wanted);
	const short = allowed.filter(({ id }) => id === wanted);
	const found = [exact, full, labelled, short].find((some) => some.length > 0) ?? [];
	const [one, ...others] = found;
	if (one && others.length === 0) return one;
	throw one ? ambiguous(wanted, found, all) : unknown(wanted, all, o.filledByWorkflows ?? false);
}

function ambiguous(
	wanted: string,
	found: readonly NamedExport[],
	all: readonly NamedExport[],
): BufferError {
	return failure(
		`${found.length} buffers are called "${wanted}"`,
		`Choose one from the list, or give its full name: ${names(found, all)}.`,
	);
}

function unknown(
	wanted: string,
	all: readonly NamedExport[],
	filledByWorkflows: boolean,
): BufferError {
	if (wanted === '') return failure('no buffer is named', `There are: ${names(all, all)}.`);
	const pushed = all.some(({ id, exportId }) => id === wanted || exportId === wanted);
	const known = filledByWorkflows ? all.filter(isFilledByWorkflows) : all;
	const fix = filledByWorkflows
		? 'Define it in a Sluice Trigger on Items Added by Workflows, and publish that workflow.'
		: 'Define it in a Sluice Trigger, and publish that workflow.';
	return failure(
		filledByWorkflows && pushed
			? `the buffer "${wanted}" is filled by pushed events, not by workflows`
			: `there is no buffer "${wanted}"`,
		known.length === 0 ? fix : `${fix} There are: ${names(known, all)}.`,
	);
}

function failure(message: string, advice: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', message, { details: { advice } });
}

function names(some: readonly NamedExport[], all: readonly NamedExport[]): string {
	const ids = all.map(({ exportId }) => exportId);
	const shown = some.map(({ exportId, id, label }) => {
		const name = bufferNameAmong(exportId, ids);
		return label === id ? name : `${name} (${label})`;
	});
	return shown.length === 0 ? 'none' : shown.join(', ');
}

/** Finds buffers in the store by what a person calls them. */
import { BufferError, fullExportId, type KnownExport, type Store } from '../../core/index';

const ITEMS = 'items:';

/** What the nodes show and take as the full name of a buffer: `<workflow id>:<node id>/<name>`. */
export function bufferName(exportId: string): string {
	return exportId.startsWith(ITEMS) ? exportId.slice(ITEMS.length) : exportId;
}

/** Whether workflows fill it, and not pushed events. */
export function isFilledByWorkflows({ receiverId }: Pick<KnownExport, 'receiverId'>): boolean {
	return receiverId.startsWith(ITEMS);
}

/**
 * The buffer of this name, short or full.
 *
 * @param o.filledByWorkflows leaves out those that pushed events fill
 * @throws BufferError ERR_EXPORT_UNKNOWN when there is none, or several have the name; `details.advice` says what to do
 */
export async function findBuffer(
	store: Pick<Store, 'listExports'>,
	text: string,
	o: { readonly filledByWorkflows?: boolean } = {},
): Promise<KnownExport & { readonly exportId: string }> {
	const wanted = text.trim();
	const all = (await store.listExports()).map((one) => ({ ...one, exportId: fullExportId(one) }));
	const allowed = o.filledByWorkflows ? all.filter(isFilledByWorkflows) : all;
	const exact = allowed.filter(({ exportId }) => exportId === wanted);
	const full = allowed.filter(({ exportId }) => bufferName(exportId) === wanted);
	const short = allowed.filter(({ id }) => id === wanted);
	const found = [exact, full, short].find((some) => some.length > 0) ?? [];
	const [one, ...others] = found;
	if (one && others.length === 0) return one;
	throw one ? ambiguous(wanted, found) : unknown(wanted, all, o.filledByWorkflows ?? false);
}

function ambiguous(wanted: string, found: readonly { exportId: string }[]): BufferError {
	return failure(
		`${found.length} buffers are called "${wanted}"`,
		`Give the full name of one: ${names(found)}.`,
	);
}

function unknown(
	wanted: string,
	all: readonly (KnownExport & { exportId: string })[],
	filledByWorkflows: boolean,
): BufferError {
	if (wanted === '') return failure('no buffer is named', `There are: ${names(all)}.`);
	const pushed = all.some(({ id, exportId }) => id === wanted || exportId === wanted);
	const known = filledByWorkflows ? all.filter(isFilledByWorkflows) : all;
	const fix = filledByWorkflows
		? 'Define it in a Sluice Trigger that starts on a buffer filled by workflows, and publish that workflow.'
		: 'Define it in a Sluice Trigger, and publish that workflow.';
	return failure(
		filledByWorkflows && pushed
			? `the buffer "${wanted}" is filled by pushed events, not by workflows`
			: `there is no buffer "${wanted}"`,
		known.length === 0 ? fix : `${fix} There are: ${names(known)}.`,
	);
}

function failure(message: string, advice: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', message, { details: { advice } });
}

function names(some: readonly { exportId: string }[]): string {
	return some.length === 0 ? 'none' : some.map(({ exportId }) => bufferName(exportId)).join(', ');
}

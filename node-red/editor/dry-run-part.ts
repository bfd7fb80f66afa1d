import { askServer } from './admin-api';
import { hint } from './form';
import { element } from './red';
import { text } from './text';

/** What a dry run tells (core's `DryRan`), as far as it is shown. */
interface Ran {
	readonly events: number;
	readonly rows: number;
	readonly leftOut: number;
	readonly failed: number;
	readonly changed: number;
	readonly columns: readonly {
		readonly name: string;
		readonly is: 'same' | 'changed' | 'added' | 'removed';
		readonly events: number;
	}[];
	readonly results: readonly {
		readonly receivedAt: number;
		readonly from: string;
		readonly before: Made;
		readonly after: Made;
		readonly changes?: readonly {
			readonly column: string;
			readonly before?: unknown;
			readonly after?: unknown;
		}[];
	}[];
}

interface Made {
	readonly became: string;
	readonly message?: string;
}

/** Events whose differences are shown one by one. */
const SHOWN_EVENTS = 10;
const SHOWN_LENGTH = 200;

/** A button that takes what the deployed buffer keeps through the mapping as it is typed, and shows column by column what would differ. */
export function dryRunPart(
	parent: JQuery,
	o: { readonly nodeId: string; readonly bufferId: string; readonly mapping: () => object },
): void {
	const part = element('<details>', 'sluice-dry-run').appendTo(parent);
	element('<summary>', '', text('dryRun.title')).appendTo(part);
	hint(part, text('dryRun.hint'));
	const button = element('<button type="button">', 'red-ui-button red-ui-button-small')
		.text(text('dryRun.run'))
		.appendTo(part);
	const result = element('<div>', 'sluice-tested')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(part);
	part.on('toggle', () => RED.tray.resize());
	button.on('click', () => {
		button.prop('disabled', true);
		const { nodeId: node, bufferId: buffer } = o;
		void askServer<Ran>('sluice/dry-run', { node, buffer, mapping: o.mapping() })
			.answer.then((ran) => {
				result.empty();
				if ('error' in ran) element('<div>', 'sluice-warning', ran.error).appendTo(result);
				else showRun(result, ran);
			})
			.finally(() => {
				button.prop('disabled', false);
				RED.tray.resize();
			});
	});
}

/** All of it is set as text: a sender may write anything. */
function showRun(parent: JQuery, { columns, results, ...counts }: Ran): void {
	hint(parent, text('dryRun.counts', { ...counts }));
	const table = element('<table>', 'sluice-diff').appendTo(parent);
	const line = (...cells: string[]): JQuery => {
		const row = element('<tr>').appendTo(table);
		for (const cell of cells) element('<td>', '', cell).appendTo(row);
		return row;
	};
	for (const { name, is, events } of columns)
		line(
			name,
			text(`dryRun.is.${is}`),
			is === 'same' ? '' : text('dryRun.in', { events }),
		).addClass(`sluice-diff-${is}`);
	for (const one of results.filter(differs).slice(0, SHOWN_EVENTS)) showEvent(parent, one);
}

function differs({ before, after, changes }: Ran['results'][number]): boolean {
	return changes
		? changes.length > 0
		: before.became !== after.became || before.message !== after.message;
}

function showEvent(
	parent: JQuery,
	{ receivedAt, from, before, after, changes }: Ran['results'][number],
): void {
	const details = element('<details>').appendTo(parent);
	const at = new Date(receivedAt).toLocaleString();
	element('<summary>', '', `${at}  ${text(`dryRun.from.${from}`)}`).appendTo(details);
	const lines = changes
		? changes.map(({ column, before: was, after: is }) => `${column}: ${shown(was)} → ${shown(is)}`)
		: [`${made(before)} → ${made(after)}`];
	element('<pre>', 'sluice-tested-part', lines.join('\n')).appendTo(details);
}

function made({ became, message }: Made): string {
	const words = text(`dryRun.became.${became}`);
	return message === undefined ? words : `${words}: ${message}`;
}

function shown(value: unknown): string {
	if (value === undefined) return text('dryRun.nothing');
	const json = JSON.stringify(value);
	return json.length > SHOWN_LENGTH ? `${json.slice(0, SHOWN_LENGTH)}…` : json;
}

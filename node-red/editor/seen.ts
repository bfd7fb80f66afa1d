import { askServer } from './admin-api';
import { element, type EditorNode } from './red';
import { text } from './text';

/** What the server tells of a receiver (seen-route.ts). */
export interface Seen {
	readonly error?: string;
	readonly requests?: readonly SeenRequest[];
	readonly secretUse?: {
		readonly since: number;
		readonly secrets: readonly {
			readonly kind: string;
			readonly position: number;
			readonly lastUsedAt?: number;
		}[];
	};
	readonly urlSecretRenewedAt?: number;
	/** Rows that are not delivered yet, by the id of the buffer. */
	readonly rows?: Readonly<Record<string, number>>;
}

interface SeenRequest {
	readonly at: number;
	readonly ip: string;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	readonly outcome: string;
	readonly code?: string;
	readonly reason?: string;
	readonly field?: string;
	readonly mismatches?: number;
	readonly bytes?: number;
	readonly headers: Readonly<Record<string, string>>;
}

/** Where the server tells what a deployed node has seen. */
export function seenPath({ id }: EditorNode): string {
	return `sluice/seen/${encodeURIComponent(id)}`;
}

/** A button that shows the last requests of the deployed node, and when its secrets were used. */
export function buildSeen(parent: JQuery, node: EditorNode): void {
	const button = element('<button type="button">', 'red-ui-button', text('seen.show'))
		.prepend(element('<i>', 'fa fa-list-alt'), ' ')
		.appendTo(parent);
	const result = element('<div>', 'sluice-tested')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(parent);
	button.on('click', () => {
		button.prop('disabled', true);
		void askServer<Seen>(seenPath(node))
			.answer.then((seen) => show(result, seen))
			.finally(() => {
				button.prop('disabled', false);
				RED.tray.resize();
			});
	});
}

/** All of it is set as text: a sender may write anything. */
function show(parent: JQuery, { error, requests = [], secretUse, urlSecretRenewedAt }: Seen): void {
	parent.empty();
	if (error !== undefined) return void element('<div>', 'sluice-warning', error).appendTo(parent);
	const line = (words: string): JQuery => element('<div>', 'sluice-hint', words).appendTo(parent);
	if (urlSecretRenewedAt !== undefined)
		line(text('seen.renewed', { at: timeOf(urlSecretRenewedAt) }));
	for (const { kind, position, lastUsedAt } of secretUse?.secrets ?? []) {
		const name = text(`scheme.${kind}.name`);
		const about = { name, position, at: timeOf(lastUsedAt ?? secretUse?.since ?? 0) };
		line(text(lastUsedAt === undefined ? 'seen.unused' : 'seen.used', about));
	}
	if (requests.length === 0) line(text('seen.none'));
	for (const one of requests) showRequest(parent, one);
}

function showRequest(parent: JQuery, one: SeenRequest): void {
	const { mismatches: n } = one;
	const unfitting = n === undefined ? '' : text('seen.unfitting', { n });
	const why = [unfitting, one.code, one.reason, one.field].filter(Boolean).join(' · ');
	const words = [
		timeOf(one.at),
		String(one.status),
		text(`seen.outcome.${one.outcome}`),
		one.ip,
		why,
	];
	const details = element('<details>').appendTo(parent);
	element('<summary>', '', words.filter(Boolean).join('  ')).appendTo(details);
	const size = one.bytes === undefined ? '' : ` (${text('seen.bytes', { bytes: one.bytes })})`;
	const headers = Object.entries(one.headers).map(([name, value]) => `${name}: ${value}`);
	const lines = [`${one.method} ${one.path}${size}`, ...headers];
	element('<pre>', 'sluice-tested-part', lines.join('\n')).appendTo(details);
}

function timeOf(at: number): string {
	return new Date(at).toLocaleString();
}

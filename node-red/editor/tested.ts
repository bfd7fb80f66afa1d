import { element } from './red';
import { text } from './text';

interface ShownBody {
	readonly bytes: number;
	readonly text?: string;
	readonly isCut?: true;
}

interface Message {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: ShownBody;
}

/** What the server tells of a test: of one that could not be made, only why. */
export interface Tested {
	readonly became?: string;
	/** Of a receiver. */
	readonly outcome?: string;
	readonly status?: number;
	readonly answer?: string;
	readonly says: string;
	readonly exchange?: {
		readonly request?: Message & { readonly method: string; readonly url: string };
		readonly answer?: Message & { readonly status: number };
		readonly durationMs: number;
	};
}

/** As people see at once how it went. */
const ICONS: Readonly<Record<string, string>> = {
	delivered: 'check-circle',
	stored: 'check-circle',
	duplicate: 'clone',
	filtered: 'filter',
	again: 'repeat',
	leftOut: 'filter',
};

/** Shows what came of a test. All of it is set as text: an endpoint may answer anything. */
export function showTested(
	parent: JQuery,
	{ outcome, says, exchange, status, answer: answered, ...rest }: Tested,
): void {
	const { became = outcome ?? '' } = rest;
	const isGood = became === 'delivered' || became === 'stored';
	parent.empty().attr('data-became', became);
	element('<div>', isGood ? 'sluice-tested-well' : 'sluice-warning')
		.append(element('<i>', `fa fa-${ICONS[became] ?? 'exclamation-triangle'}`), ' ')
		.append(element('<span>', '', says))
		.appendTo(parent);
	if (answered !== undefined) {
		const first = text('test.status', { status });
		element('<div>', 'sluice-list-title sluice-group', text('test.answer')).appendTo(parent);
		element('<pre>', 'sluice-tested-part', `${first}\n${answered}`).appendTo(parent);
	}
	const { request, answer, durationMs = 0 } = exchange ?? {};
	if (request) {
		showMessage(parent, text('test.request'), `${request.method} ${request.url}`, request);
	}
	if (answer) {
		const first = text('test.answered', { status: answer.status, ms: durationMs });
		showMessage(parent, text('test.answer'), first, answer);
	}
}

function showMessage(
	parent: JQuery,
	title: string,
	first: string,
	{ headers, body }: Message,
): void {
	element('<div>', 'sluice-list-title sluice-group', title).appendTo(parent);
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	element('<pre>', 'sluice-tested-part', [first, ...lines].join('\n')).appendTo(parent);
	if (body.text !== undefined) {
		element('<pre>', 'sluice-tested-part sluice-tested-body', body.text).appendTo(parent);
	}
	const about = body.text === undefined ? 'test.noText' : body.isCut ? 'test.cut' : undefined;
	if (about !== undefined) {
		element('<div>', 'sluice-hint', text(about, { bytes: body.bytes })).appendTo(parent);
	}
}

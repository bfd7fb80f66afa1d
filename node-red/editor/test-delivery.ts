import { SAMPLE_TYPES } from '../../core/pure/sample-events';
import { hint, row, select, typed } from './form';
import { element, type EditorNode } from './red';
import { showTested, type Tested } from './tested';
import { text } from './text';

/** A test ends after a minute by itself. */
const TIMEOUT_MS = 90_000;
const OWN = 'own';

let running: JQuery.jqXHR | undefined;

/**
 * Tests the endpoint of a forward node, or a receiver, with one event. Only the node is named: what is deployed is tested, since a secret
 * that is deployed must not leave to an address that is only typed.
 *
 * @param says what will be done, by its text
 */
export function buildTestDelivery(parent: JQuery, node: EditorNode, says = 'test.hint'): void {
	hint(parent, text(says)).addClass('sluice-page-hint');
	const event = select(
		row(parent, text('test.event'), 'cube'),
		[
			...SAMPLE_TYPES.map((type) => [type, text('test.sample', { type })] as const),
			[OWN, text('test.own')] as const,
		],
		SAMPLE_TYPES[0] ?? OWN,
	);
	event.attr('aria-label', text('test.event'));
	const content = row(parent, text('test.body'), 'file-text-o');
	const own = element('<textarea>', 'sluice-template')
		.attr({ spellcheck: 'false', 'aria-label': text('test.body') })
		.css('width', '100%')
		.val('{\n  "hello": "world"\n}')
		.appendTo(content);
	hint(content, text('test.bodyHint'));
	const showOwn = (): void => void content.parent().toggle(typed(event) === OWN);
	event.on('change', showOwn);
	showOwn();
	const button = element('<button type="button">', 'red-ui-button', text('test.run'))
		.prepend(element('<i>', 'fa fa-paper-plane-o'), ' ')
		.appendTo(row(parent, ''));
	const result = element('<div>', 'sluice-tested')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(parent);
	button.on('click', () => {
		const isOwn = typed(event) === OWN;
		const given = isOwn ? { event: eventOf(String(own.val())) } : { sample: typed(event) };
		button.prop('disabled', true);
		result.empty().text(text('test.running'));
		void ask({ node: node.id, ...given })
			.then((tested) => showTested(result, tested))
			.finally(() => {
				button.prop('disabled', false);
				RED.tray.resize();
			});
	});
}

/** The dialog is closed: nobody waits for an answer any more. */
export function stopTestDelivery(): void {
	running?.abort();
	running = undefined;
}

/** What is no JSON is sent as it is. */
function eventOf(written: string): unknown {
	try {
		return JSON.parse(written) as unknown;
	} catch {
		return written;
	}
}

async function ask(body: object): Promise<Tested> {
	stopTestDelivery();
	// Relative, so that Node-RED adds its root and the user's token.
	const request = $.ajax({
		url: 'sluice/test-delivery',
		method: 'POST',
		contentType: 'application/json',
		data: JSON.stringify(body),
		dataType: 'json',
		timeout: TIMEOUT_MS,
	});
	running = request;
	try {
		const answer = (await request) as Tested | { readonly error: string };
		return 'says' in answer ? answer : { says: answer.error };
	} catch {
		const { error } = (request.responseJSON ?? {}) as { error?: string };
		if (error !== undefined) return { says: error };
		return { says: text(request.status === 401 ? 'test.forbidden' : 'test.unanswered') };
	} finally {
		if (running === request) running = undefined;
	}
}

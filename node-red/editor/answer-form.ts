/** How a receiver answers: the handshakes of senders, and what it has taken. */
import { BODILESS } from '../../core/pure/answer-bodies';
import { ANSWER } from '../../core/pure/bounds';
import { HANDSHAKE_KINDS, showsVerifyToken } from '../../core/pure/handshake-kinds';
import { isHeaderName, isHeaderValue } from '../../core/pure/header-name';
import { parseHeaderLines } from '../../core/pure/header-lines';
import { PROTECTED_ANSWER_HEADERS } from '../../core/pure/protected-headers';
import * as check from './check';
import { isOpen } from './dialog';
import { element, type EditorNode } from './red';
import { text } from './text';

const HANDSHAKE = '#node-input-handshake';
const BODY = '#node-input-answerBody';

export function prepareAnswerForm(node: EditorNode): void {
	const handshake = $(HANDSHAKE);
	for (const kind of ['', ...HANDSHAKE_KINDS]) {
		element('<option>', '', text(`handshake.${kind || 'none'}`))
			.attr('value', kind)
			.appendTo(handshake);
	}
	handshake.val(String(node['handshake'] ?? '')).on('change', () => {
		$('#sluice-verify-token').toggle(showsVerifyToken(handshake.val()));
		$('#node-input-verifyToken').trigger('change');
	});
	const body = $(BODY);
	// A receiver that was saved before it could be told.
	if (!body.val()) body.val('ours');
	const refusals = $('#node-input-answerRefusals');
	if (!refusals.val()) refusals.val('ours');
	body.on('change', () => {
		$('#sluice-answer-text').toggle(['text', 'json'].includes(String(body.val())));
		$('#node-input-answerText, #node-input-answerStatus').trigger('change');
	});
	handshake.trigger('change');
	body.trigger('change');
}

export const answerChecks = {
	checkVerifyToken(this: void, value: unknown, node: EditorNode): check.Verdict {
		if (!showsVerifyToken(chosen(node, HANDSHAKE, 'handshake'))) return true;
		return check.secret(value, 'signature', text('label.verifyToken'));
	},

	checkAnswerStatus(this: void, value: unknown, node: EditorNode): check.Verdict {
		const written = String(value ?? '').trim();
		const hasBody = bodyOf(node) !== 'empty';
		if (hasBody && BODILESS.includes(Number(written))) return text('error.answerBodiless');
		return written === '' || check.whole(text('label.answerStatus'), written, ANSWER.status);
	},

	checkAnswerText(this: void, value: unknown, node: EditorNode): check.Verdict {
		const body = bodyOf(node);
		if (body !== 'text' && body !== 'json') return true;
		const written = String(value ?? '');
		const bytes = new TextEncoder().encode(written).length;
		if (bytes < 1 || bytes > ANSWER.textBytes) {
			return text('error.answerText', { max: ANSWER.textBytes });
		}
		return body === 'text' || isJson(written) ? true : text('error.answerJson');
	},

	checkAnswerHeaders(this: void, value: unknown): check.Verdict {
		const lines = parseHeaderLines(String(value ?? ''));
		const names = lines.map(([name]) => name.toLowerCase());
		const wrong = lines.find(
			([name, given], at) =>
				!isHeaderName(name) ||
				!isHeaderValue(given) ||
				given.length > ANSWER.headerLength ||
				PROTECTED_ANSWER_HEADERS.includes(name.toLowerCase()) ||
				names.indexOf(name.toLowerCase()) !== at,
		);
		if (wrong)
			return text('error.answerHeader', { line: wrong.filter(Boolean).join(': ').slice(0, 60) });
		return lines.length <= ANSWER.headers || text('error.answerHeaders', { max: ANSWER.headers });
	},
};

function bodyOf(node: EditorNode): string {
	return chosen(node, BODY, 'answerBody') || 'ours';
}

/** In the dialog if it is open, else in the node. */
function chosen(node: EditorNode, input: string, field: string): string {
	return String((isOpen(node) ? $(input).val() : node[field]) ?? '');
}

function isJson(written: string): boolean {
	try {
		JSON.parse(written);
		return true;
	} catch {
		return false;
	}
}

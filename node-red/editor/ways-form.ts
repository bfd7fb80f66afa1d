import { NODE_WAYS } from '../../core/pure/bounds';
import type { EditorNode } from './red';
import { buildSchemeForm, type SchemeForm } from './scheme-form';
import { receiverSchemes, savedSchemes, secretRuleOf, type SavedScheme } from './schemes';
import { text } from './text';

/** The ways by which senders are let in; one that succeeds is enough. */
export interface WaysForm {
	/** In their order; none has others behind it. */
	read(): readonly SavedScheme[];
	/** Shows one alone. */
	setOnly(saved: SavedScheme): void;
}

/**
 * The form of each way: its scheme, its secret and its fields. The first has to be there, and another one can be added where all before it
 * are used.
 *
 * @param changed called after every change, and at the begin
 */
export function buildWaysForm(node: EditorNode, changed: (form: WaysForm) => void): WaysForm {
	const saved = savedSchemes(node, 'auth');
	const forms: SchemeForm[] = [];
	const form: WaysForm = {
		read() {
			const ways = forms.map((one) => one.read());
			const end = ways.indexOf(undefined);
			return ways.slice(0, end < 0 ? ways.length : end).filter((way) => way !== undefined);
		},
		setOnly(way) {
			for (const [index, one] of forms.entries()) one.set(index === 0 ? way : undefined);
		},
	};
	const show = (): void => {
		// The first of them says so before the others are there.
		if (forms.length < NODE_WAYS) return;
		const ways = form.read();
		for (let index = 0; index < NODE_WAYS; index += 1) {
			$(`#sluice-way-${index + 1}`).toggle(index <= ways.length);
			const isShared = secretRuleOf(ways[index]?.kind) === 'signature';
			$(`#sluice-shared-secret-${index + 1}`).toggle(isShared);
		}
		const isInUrl = ways.some(({ kind }) => secretRuleOf(kind) === 'url');
		$('#sluice-url-secret, #sluice-former-url-secret').toggle(isInUrl);
		changed(form);
	};
	for (let index = 0; index < NODE_WAYS; index += 1) {
		const isFirst = index === 0;
		const part = $(`#sluice-way-${index + 1}`);
		forms.push(
			buildSchemeForm(part.children('.sluice-way-choice'), part.children('.sluice-way-fields'), {
				label: text(isFirst ? 'label.auth' : 'label.otherAuth'),
				// Beside one that lets everybody in the others would say nothing.
				schemes: receiverSchemes().filter(({ isOpen }) => isFirst || isOpen !== true),
				direction: 'verify',
				saved: saved[index],
				changed: show,
				...(isFirst ? {} : { none: text('way.none'), className: 'sluice-other-scheme' }),
			}),
		);
	}
	show();
	return form;
}

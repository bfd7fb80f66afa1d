import { ALERT_KINDS } from '../../core/pure/alert-kinds';
import type { Verdict } from './check';
import { fillDefaults } from './dialog';
import { typed } from './form';
import { element, type EditorNode } from './red';
import { text } from './text';

/** The dialog of sluice-alert. */
export const alert = {
	prepare(this: void, node: EditorNode): void {
		fillDefaults(node);
		const boxes = $('#sluice-alert-kinds');
		const chosen = chosenKinds(node['kinds']);
		for (const kind of ALERT_KINDS) {
			const box = element('<input type="checkbox">').attr('data-kind', kind);
			box.prop('checked', chosen.includes(kind));
			const words = element('<span>', '', text(`alert.${kind}`));
			const label = element('<label>', 'sluice-check').append(box, words);
			element('<div>', 'sluice-sub').append(label).appendTo(boxes);
		}
		const what = $('#node-input-what');
		const show = (): void => {
			const isAlerts = typed(what) !== 'results';
			$('.sluice-alert-kinds').toggle(isAlerts);
			$('.sluice-alert-failed').toggle(!isAlerts);
			$('#sluice-alert-what').text(text(isAlerts ? 'hint.alerts' : 'hint.results'));
		};
		what.on('change', show);
		show();
	},
	checkKinds(this: void, value: unknown, { what }: EditorNode): Verdict {
		return what === 'results' || chosenKinds(value).length > 0 || text('error.alertKinds');
	},
	/** All of them are saved as none, so that a kind of a later release is told of as well. */
	save(this: void, node: EditorNode): void {
		const kinds = $('#sluice-alert-kinds input:checked')
			.toArray()
			.map((box) => $(box).attr('data-kind'));
		node['kinds'] = kinds.length === ALERT_KINDS.length ? null : kinds;
	},
};

function chosenKinds(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? (value as unknown[]) : ALERT_KINDS;
}

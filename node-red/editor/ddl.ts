import { askServer } from './admin-api';
import { copyButton } from './form';
import { element } from './red';
import { text } from './text';

/** A statement that is asked for once a pause has come. */
const PAUSE_MS = 400;

/**
 * Shows the statement by which a table would be made, of what the dialog holds.
 *
 * @param body of the question; undefined where no database is chosen
 * @returns asks anew, soon
 */
export function buildDdl(parent: JQuery, body: () => object | undefined): () => void {
	element('<div>', 'sluice-list-title sluice-group', text('ddl.title')).appendTo(parent);
	const box = element('<div>', 'sluice-copied').appendTo(parent);
	const shown = element('<pre>', 'sluice-tested-part')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(box);
	copyButton(box, text('ddl.copy'), text('ddl.copied'), () => shown.text());
	element('<div>', 'sluice-hint', text('ddl.hint')).appendTo(parent);
	let timer: ReturnType<typeof setTimeout> | undefined;
	let abort = (): void => {};
	const refresh = async (): Promise<void> => {
		abort();
		let isOld = false;
		const given = body();
		const asked = given && askServer<{ ddl: string }>('sluice/table-ddl', given);
		abort = () => {
			isOld = true;
			asked?.abort();
		};
		const answer = asked ? await asked.answer : { error: text('ddl.noDatabase') };
		if (isOld) return;
		shown.toggleClass('sluice-wrong', 'error' in answer);
		shown.text('error' in answer ? answer.error : answer.ddl);
		RED.tray.resize();
	};
	return () => {
		clearTimeout(timer);
		timer = setTimeout(() => void refresh(), PAUSE_MS);
	};
}

import type { BodyPath } from '../../core/pure/body-paths';
import { element } from './red';

const ID = 'sluice-paths';

/** Offers the places of the sample in a field that takes a path. */
export function offerPaths(input: JQuery): JQuery {
	return input.attr('list', ID);
}

/** What fields of paths offer from now on, in the dialog that is open. */
export function fillPaths(paths: readonly BodyPath[]): void {
	const list =
		$(`#${ID}`).length > 0
			? $(`#${ID}`)
			: element('<datalist>').attr('id', ID).appendTo(document.body);
	list.empty();
	for (const { path, shows } of paths)
		element('<option>')
			.attr({ value: path, label: `${path} = ${shows}` })
			.appendTo(list);
}

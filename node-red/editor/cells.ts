import { element } from './red';
import { nextId } from './form';
import type { Cell } from './sample-answer';
import { text } from './text';

/** Where a field or column shows what the sample gives for it; its name is described by it. */
export function cellLine(content: JQuery, name: JQuery): JQuery {
	const line = element('<div>', 'sluice-cell').attr('id', nextId()).hide().appendTo(content);
	name.attr('aria-describedby', line.attr('id') ?? '');
	return line;
}

/** Shows the row of the sample, a cell in each field or column of a list; none: nothing is shown. */
export function showCells(list: JQuery, cells: readonly Cell[] = []): void {
	list.find('.sluice-cell').each((index, line) => showCell($(line), cells[index]));
}

function showCell(line: JQuery, cell: Cell | undefined): void {
	const { value, fault, isUntried } = cell ?? {};
	line
		.empty()
		.toggle(cell !== undefined)
		.toggleClass('sluice-cell-fault', fault !== undefined);
	if (value !== undefined) element('<code>', '', `= ${value}`).appendTo(line);
	if (isUntried) line.text(text('sample.untried'));
	if (!fault) return;
	const { message, line: at, column } = fault;
	const words = at === undefined ? message : text('sample.at', { line: at, column, message });
	line.append(element('<i>', 'fa fa-exclamation-circle'), ' ', element('<span>', '', words));
}

import type { Verdict } from './check';
import { text } from './text';

/** A config node that must be chosen, and must itself be right. */
export function chosen(label: string, value: unknown): Verdict {
	const name = text(label);
	if (!value || value === '_ADD_') return text('error.notChosen', { label: name });
	const node = RED.nodes.node(String(value));
	if (!node) return text('error.gone', { label: name });
	if (node['d'] === true) return text('error.disabled', { label: name });
	return node['valid'] === false ? text('error.chosenWrong', { label: name }) : true;
}

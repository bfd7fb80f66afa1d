import type { EditorNode } from './red';

let openId: string | undefined;

/** Remembers which node the open dialog belongs to, so that a check of one field can see another field's new value. */
export function opened(node: EditorNode): void {
	openId = node.id;
}

export function closed(): void {
	openId = undefined;
}

/** What a property is in the dialog if it is open, else in the node. */
export function current(node: EditorNode, property: string): unknown {
	const input = openId === node.id ? $(`#node-input-${property}`) : $();
	return input.length > 0 ? input.val() : node[property];
}

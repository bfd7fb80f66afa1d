import type { EditorNode } from './red';

let openId: string | undefined;

/** Remembers which node the open dialog belongs to, so that a check of one field can see another field's new value. */
export function opened(node: EditorNode): void {
	openId = node.id;
}

export function closed(): void {
	openId = undefined;
}

export function isOpen(node: EditorNode): boolean {
	return openId === node.id;
}

/** Fills in what a flow that was written by hand leaves out: an empty choice would be saved as one. */
export function fillDefaults(node: EditorNode): void {
	for (const [name, { value, type }] of Object.entries(node._def.defaults)) {
		// Choices of configuration nodes are Node-RED's own, which knows of none.
		if (node[name] !== undefined || type !== undefined) continue;
		const input = $(`#node-input-${name}`);
		if (input.is(':checkbox')) input.prop('checked', value === true);
		else if (input.is('input[type="text"], select') && typeof value !== 'object')
			input.val(String(value ?? ''));
	}
}

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

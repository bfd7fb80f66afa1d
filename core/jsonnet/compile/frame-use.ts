import { childrenOf } from '../syntax/children';

import type { Node } from '../syntax/ast';

const known = new WeakMap<Node, boolean>();

/**
 * Whether the value of a field needs the frame of its object: for `self`, `super`, `$`, or for a slot of a `local` of its
 * own, which must not be shared by two objects of the same literal (J106). Errs on the safe side. A field without that need
 * runs in the frame around the literal, and an object of such fields makes no frame at all.
 */
export function usesObjectFrame(node: Node): boolean {
	const before = known.get(node);
	if (before !== undefined) return before;
	const uses =
		['self', 'dollar', 'superIndex', 'inSuper', 'block'].includes(node.kind) ||
		childrenOf(node).some((child) => child !== undefined && usesObjectFrame(child));
	known.set(node, uses);
	return uses;
}

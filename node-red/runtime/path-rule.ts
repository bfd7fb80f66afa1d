import type { Node, NodeAPI } from 'node-red';
import { onDeploy } from './deploys';
import { shadowed, type HttpIn } from './receiver-path';

/** What shares its path with a receiver, looked at anew at every deploy. */
export interface PathRule {
	/** What the status says; undefined while there is nothing to say. */
	warning(): string | undefined;
	readonly close: () => void;
}

/**
 * Warns of `http in` nodes on the path of a receiver: the receiver is asked first, so their flows would wait for ever.
 *
 * @param onChange called after every deploy
 */
export function pathRule(
	RED: NodeAPI,
	node: Node,
	place: { readonly path: string; readonly secretInUrl: boolean },
	onChange: () => void,
): PathRule {
	let told = '';
	const close = onDeploy(RED, (nodes) => {
		if (!nodes) return;
		const running = (nodes as readonly (HttpIn & { d?: boolean; z?: string })[]).filter(
			({ d, z }) => d !== true && !nodes.some((tab) => tab.id === z && isDisabled(tab)),
		);
		const others = shadowed(place.path, place.secretInUrl, running)
			.map(({ name, method }) => `http in "${name}" (${method})`)
			.join(', ');
		if (others && others !== told)
			node.warn(`${place.path} is also the path of ${others}; this receiver answers there first`);
		told = others;
		onChange();
	});
	return {
		warning: () => (told ? `same path as ${told}` : undefined),
		close,
	};
}

function isDisabled(tab: object): boolean {
	return (tab as { disabled?: unknown }).disabled === true;
}

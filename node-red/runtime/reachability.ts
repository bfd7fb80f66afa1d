/** A node of the deployed flows, as far as wires go. */
export interface WiredNode {
	readonly id: string;
	readonly type: string;
	/** Tab or subflow that holds it. */
	readonly z?: string;
	readonly wires?: readonly (readonly string[])[];
	/** `link out`, `link call`: the link nodes it sends to; `link in`: those that send to it. */
	readonly links?: readonly string[];
	/** `link out`: `return` goes back to whoever called. */
	readonly mode?: string;
	/** `link call`: `dynamic` goes to the link node that the message names. */
	readonly linkType?: string;
	/** `complete`: the nodes whose end it hears. */
	readonly scope?: readonly string[] | null;
	/** Disabled. */
	readonly d?: boolean;
	/** Tabs: disabled with all their nodes. */
	readonly disabled?: boolean;
	/** Does not run for another reason: it could not be started, or there is none of its type. */
	readonly broken?: boolean;
	/** Subflow definitions: where messages enter, and which nodes they leave from. */
	readonly in?: readonly { readonly wires?: readonly { readonly id: string }[] }[];
	readonly out?: readonly {
		readonly wires?: readonly { readonly id: string; readonly port?: number }[];
	}[];
}

/** Node types that settle a batch. */
const SETTLING_TYPES: readonly string[] = [
	'sluice-ack',
	'sluice-forward',
	'sluice-table',
	'sluice-file',
	'sluice-buffer',
];

/** Hand on what they get, and do nothing with it. */
const PASSING_TYPES: readonly string[] = ['junction', 'link in', 'link out', 'link call'];

/** Where a message gets from one output. */
export interface Reach {
	/** Ids of the settling nodes it can reach. */
	readonly settling: readonly string[];
	/** Ids of settling nodes that it could reach if all nodes ran: they are disabled or broken, or a node before them is. */
	readonly notRunning: readonly string[];
	/** Whether any node that runs gets it: not where nothing is wired, or only disabled nodes and links that lead nowhere. */
	readonly isReceived: boolean;
}

/** A node on the way, with the subflow instances it is in, outermost first; none known: it may be in any. */
interface Place {
	readonly id: string;
	readonly within: readonly string[];
	readonly isRunning: boolean;
}

/**
 * Follows the wires from one output, links, subflows and *complete* nodes too. Where a message may go at run time (a switch, a function,
 * a link call by name) counts as reached. A *catch* node does not: what it alone leads to would never hear of success.
 *
 * @param from id of the node as it is saved: inside a subflow that of its definition
 * @param within subflow instances that the node is in, outermost first; in a definition none, and all instances count
 */
export function reachOf(
	nodes: readonly WiredNode[],
	from: string,
	output: number,
	within: readonly string[] = [],
): Reach {
	const walk = new Walk(nodes);
	const start = walk.graph.get(from);
	if (start) {
		const here = { id: from, within, isRunning: true };
		walk.goTo(start.wires?.[output] ?? [], here);
		walk.leave(start, here, output);
	}
	return walk.run();
}

class Walk {
	readonly graph: ReadonlyMap<string, WiredNode>;
	readonly #nodes: readonly WiredNode[];
	readonly #seen = new Set<string>();
	readonly #running: Place[] = [];
	readonly #stopped: Place[] = [];

	constructor(nodes: readonly WiredNode[]) {
		this.#nodes = nodes;
		this.graph = new Map(nodes.map((node) => [node.id, node]));
	}

	run(): Reach {
		const settling = new Set<string>();
		const notRunning = new Set<string>();
		let isReceived = false;
		// What is reached both ways is reached: the ways that run come first.
		for (;;) {
			const place = this.#running.pop() ?? this.#stopped.pop();
			if (!place) return { settling: [...settling], notRunning: [...notRunning], isReceived };
			const key = [...place.within, place.id].join('/');
			const node = this.graph.get(place.id);
			if (!node || this.#seen.has(key)) continue;
			if (place.isRunning && !this.#runs(node)) {
				this.#stopped.push({ ...place, isRunning: false });
				continue;
			}
			this.#seen.add(key);
			if (place.isRunning && !isPassing(node)) isReceived = true;
			if (!SETTLING_TYPES.includes(node.type)) this.#goOn(node, place);
			else if (place.isRunning) settling.add(node.id);
			else if (!settling.has(node.id)) notRunning.add(node.id);
		}
	}

	goTo(ids: readonly string[], { within, isRunning }: Place): void {
		for (const id of ids)
			(isRunning ? this.#running : this.#stopped).push({ id, within, isRunning });
	}

	#runs(node: WiredNode): boolean {
		if (node.d || node.broken) return false;
		return this.graph.get(node.z ?? '')?.disabled !== true;
	}

	#goOn(node: WiredNode, here: Place): void {
		this.goTo((node.wires ?? []).flat(), here);
		this.goTo(this.#hearing(node), here);
		if (node.type === 'link out' || node.type === 'link call') this.#link(node, here);
		if (node.type.startsWith('subflow:')) this.#enter(node, here);
		else this.leave(node, here);
	}

	/** Either end may name the other. A link call goes on by its own wires as well, once it comes back. */
	#link(node: WiredNode, here: Place): void {
		if (node.type === 'link out' && node.mode === 'return') return;
		const isAny = node.type === 'link call' && node.linkType === 'dynamic';
		const named = new Set(node.links);
		for (const target of this.#nodes) {
			if (target.type !== 'link in') continue;
			if (!isAny && !named.has(target.id) && !target.links?.includes(node.id)) continue;
			this.goTo([target.id], target.z === node.z ? here : { ...here, within: [] });
		}
	}

	/** The *complete* nodes of its tab that hear when it is done: they get the message that it got, though no wire leads there. */
	#hearing({ id, z }: WiredNode): string[] {
		const hears = (one: WiredNode): boolean =>
			one.type === 'complete' && one.z === z && one.scope?.includes(id) === true;
		return this.#nodes.filter(hears).map((one) => one.id);
	}

	#enter(instance: WiredNode, here: Place): void {
		const definition = this.graph.get(instance.type.slice('subflow:'.length));
		if (!definition) return;
		const inside = { ...here, within: [...here.within, instance.id] };
		const first = (definition.in ?? []).flatMap(({ wires }) => (wires ?? []).map(({ id }) => id));
		this.goTo(first, inside);
	}

	/** A node inside a subflow that is wired to its output leads to whatever its instance is wired to, or its instances are. */
	leave(node: WiredNode, here: Place, port?: number): void {
		const definition = this.graph.get(node.z ?? '');
		if (definition?.type !== 'subflow') return;
		const leads = (definition.out ?? []).flatMap(({ wires }, index) =>
			(wires ?? []).some(
				(wire) => wire.id === node.id && (port === undefined || (wire.port ?? 0) === port),
			)
				? [index]
				: [],
		);
		const type = `subflow:${definition.id}`;
		const own = here.within.at(-1);
		for (const instance of this.#nodes) {
			if (instance.type !== type || (own !== undefined && instance.id !== own)) continue;
			const around = {
				...here,
				within: here.within.slice(0, -1),
				isRunning: here.isRunning && this.#runs(instance),
			};
			this.goTo(
				leads.flatMap((index) => instance.wires?.[index] ?? []),
				around,
			);
		}
	}
}

function isPassing({ type }: WiredNode): boolean {
	return PASSING_TYPES.includes(type) || type.startsWith('subflow:');
}

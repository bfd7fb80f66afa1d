import type { EditorNode } from './red';

/** What of a push, or of a message, somebody edits a mapping by. */
export interface Sample {
	readonly body: string;
	/** Lines; of messages none. */
	readonly headers: string;
}

/** The sample of a dialog: one for all of its buffers. */
export interface DialogSample {
	read(): Sample;
	write(sample: Sample): void;
	/** Which of the events in it is shown, from 0. */
	position: number;
	/** The settings of the receiver as they are now; absent where events are messages. */
	readonly receiver?: () => object;
	/** Hears when it changes, and when settings of the receiver do. */
	onChange(listener: () => void): void;
	/** Tells who listens. */
	changed(): void;
}

const NONE: Sample = { body: '', headers: '' };

/**
 * Kept in the session of the browser: a flow is exported and committed with all of its nodes' properties, and events are nobody's business there.
 *
 * @param receiver its settings; none where events are messages
 */
export function dialogSample(node: EditorNode, receiver?: () => object): DialogSample {
	const key = `sluice-sample:${node.id}`;
	const listeners: (() => void)[] = [];
	let current = load(key);
	const sample: DialogSample = {
		read: () => current,
		write(written) {
			current = written;
			store(key, written);
			sample.changed();
		},
		position: 0,
		...(receiver ? { receiver } : {}),
		onChange: (listener) => void listeners.push(listener),
		changed: () => listeners.forEach((listener) => listener()),
	};
	return sample;
}

function load(key: string): Sample {
	try {
		const { body, headers } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Sample>;
		return { body: String(body ?? ''), headers: String(headers ?? '') };
	} catch {
		// Storage may be off, or hold anything.
		return NONE;
	}
}

function store(key: string, sample: Sample): void {
	try {
		sessionStorage.setItem(key, JSON.stringify(sample));
	} catch {
		// Full or off: it lives as long as the dialog.
	}
}

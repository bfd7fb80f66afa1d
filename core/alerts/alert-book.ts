/**
 * Which conditions hold, in one document per export: so each is told once, over restarts, and by one of the processes that see it.
 * An alert is written down before it is told, and struck out afterwards: one that a crash left is told again, under its id.
 */
import type { Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import type { AlertCondition } from '../config';
import type { Alert } from './alert';

export const ALERTS_COLLECTION = 'alerts';

const MAX_CONFLICTS = 10;
/** Alerts of one export that could not be told; older ones go. */
const MAX_UNTOLD = 20;

export interface Raised {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	/** How bad it is; it is raised again when that rises. */
	readonly level: number;
}

interface Page {
	readonly raised: Readonly<Partial<Record<AlertCondition, Raised>>>;
	readonly untold: readonly Alert[];
}

export class AlertBook {
	readonly #documents: () => Documents;
	readonly #subject: string;
	/** As this process knows it. */
	#page: Page = { raised: {}, untold: [] };

	constructor(documents: () => Documents, subject: string) {
		this.#documents = documents;
		this.#subject = subject;
	}

	get raised(): Page['raised'] {
		return this.#page.raised;
	}

	get untold(): readonly Alert[] {
		return this.#page.untold;
	}

	/** To begin with. @throws as Documents.get */
	async load(): Promise<void> {
		const found = await this.#documents().get(ALERTS_COLLECTION, this.#subject);
		this.#page = readPage(found?.value);
	}

	/**
	 * @param o.againAfterMs raised again by a higher level only after so long; default at once
	 * @returns whether it is to be told: nobody has raised it at this level
	 * @throws as Documents
	 */
	raise(
		condition: AlertCondition,
		alert: Alert,
		o: { readonly level?: number; readonly againAfterMs?: number } = {},
	): Promise<boolean> {
		const { level = 1, againAfterMs = 0 } = o;
		return this.#change((page) => {
			const known = page.raised[condition];
			if (known && (known.level >= level || isWithin(known.at, alert.at, againAfterMs)))
				return undefined;
			const raised = { ...page.raised, [condition]: { at: alert.at, level } };
			return { raised, untold: [...page.untold, alert].slice(-MAX_UNTOLD) };
		});
	}

	/**
	 * @param alert what is told of it; none for conditions whose end is not told
	 * @returns whether it held
	 * @throws as Documents
	 */
	clear(condition: AlertCondition, alert?: Alert): Promise<boolean> {
		return this.#change((page) => {
			if (!page.raised[condition]) return undefined;
			const { [condition]: _, ...raised } = page.raised;
			return { raised, untold: alert ? [...page.untold, alert].slice(-MAX_UNTOLD) : page.untold };
		});
	}

	/** @throws as Documents */
	async told({ id }: Pick<Alert, 'id'>): Promise<void> {
		await this.#change((page) =>
			page.untold.some((one) => one.id === id)
				? { ...page, untold: page.untold.filter((one) => one.id !== id) }
				: undefined,
		);
	}

	async #change(change: (page: Page) => Page | undefined): Promise<boolean> {
		for (let conflicts = 0; ; conflicts++) {
			const documents = this.#documents();
			const found = await documents.get(ALERTS_COLLECTION, this.#subject);
			this.#page = readPage(found?.value);
			const changed = change(this.#page);
			if (!changed) return false;
			const ifRevision = found?.revision ?? 0;
			try {
				await documents.put(ALERTS_COLLECTION, this.#subject, changed, { ifRevision });
				this.#page = changed;
				return true;
			} catch (error) {
				const isConflict = error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT';
				if (!isConflict || conflicts === MAX_CONFLICTS) throw error;
			}
		}
	}
}

/** Whether that was no longer ago; what is in the future was told by a clock that was put back since. */
export function isWithin(at: number, now: number, ms: number): boolean {
	return at <= now && now - at < ms;
}

function readPage(value: unknown): Page {
	const { raised = {}, untold = [] } = (value ?? {}) as Partial<Page>;
	return { raised, untold };
}

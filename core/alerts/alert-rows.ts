import { UNMAPPED_REVISION, type Batch, type DeadLetter, type Outcome } from '../buffer/store';
import { decodeEvent } from '../event/codec';
import { shorten } from '../message-text';
import { SHOWN_ANSWER_LENGTH } from '../pure/bounds';
import { MAX_ALERT_ROWS, type Alert } from './alert';

const MAX_TYPES = 10;

/** Which rows an alert is about, and what became of them. */
export type AlertRows = Pick<
	Alert,
	'rowIds' | 'rows' | 'eventTypes' | 'text' | 'lastStatus' | 'lastCode'
>;

type RowsOf = Pick<Batch, 'count' | 'output' | 'mappingRevision' | 'rows'>;

/**
 * Those of a batch that failed: what was taken, or not tried, has not. Never rejects: a batch that cannot be read has no ids to tell.
 *
 * @returns undefined where none of them has
 */
export async function failedRows(batch: RowsOf, outcome: Outcome): Promise<AlertRows | undefined> {
	const { count } = batch;
	const failed =
		outcome.kind === 'split'
			? new Set([...outcome.dead, ...outcome.retry])
			: new Set(Array.from({ length: count }, (_, position) => position));
	if (failed.size === 0) return undefined;
	const told = new ToldRows();
	await told.add(batch, (position) => failed.has(position));
	return { rows: failed.size, ...told.shown };
}

/**
 * Those that were put aside last, and why the last of them was. Never rejects, as above.
 *
 * @param letters oldest first
 * @param count of the rows that are told of
 */
export async function buriedRows(
	letters: readonly DeadLetter[],
	count: number,
): Promise<AlertRows> {
	const told = new ToldRows();
	let left = count;
	const last = letters.at(-1)?.error;
	const newest = letters.toReversed().filter((letter) => {
		const isTold = left > 0;
		left -= letter.count;
		return isTold;
	});
	for (const letter of newest.toReversed()) await told.add(letter, () => true);
	const { answer, code } = last ?? {};
	const text = answer?.text;
	return {
		rows: count,
		...told.shown,
		...(answer ? { lastStatus: answer.status } : {}),
		...(code === undefined ? {} : { lastCode: code }),
		...(text === undefined ? {} : { text: shorten(text, SHOWN_ANSWER_LENGTH) }),
	};
}

/** Ids and types of the first ones. */
class ToldRows {
	readonly #ids: number[] = [];
	readonly #types = new Set<string>();

	get shown(): Pick<Alert, 'rowIds' | 'eventTypes'> {
		return {
			...(this.#ids.length > 0 ? { rowIds: this.#ids } : {}),
			...(this.#types.size > 0 ? { eventTypes: [...this.#types] } : {}),
		};
	}

	async add(batch: RowsOf, isMeant: (position: number) => boolean): Promise<void> {
		const isEvent = batch.output === 'event' || batch.mappingRevision === UNMAPPED_REVISION;
		let position = 0;
		try {
			for await (const rows of batch.rows()) {
				for (const { rowId, payload } of rows) {
					if (this.#ids.length === MAX_ALERT_ROWS) return;
					if (!isMeant(position++)) continue;
					// A row that was put aside as it came has none.
					if (rowId > 0) this.#ids.push(rowId);
					const type = isEvent ? decodeEvent(payload).type : undefined;
					if (type !== undefined && this.#types.size < MAX_TYPES) this.#types.add(type);
				}
			}
		} catch {
			// The sink has had the same trouble, and says so.
		}
	}
}

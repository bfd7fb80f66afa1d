import type { Moved } from '../core/index';
import type { OperateWord } from './command';

/** What came of a verb: a line for a person where one says it all, else JSON, with instants by ISO 8601. */
export function showResult(
	word: OperateWord | 'move',
	result: unknown,
): { readonly text: string; readonly question?: string } {
	const given = result as Record<string, unknown>;
	if (given['done'] === false) {
		return {
			text: '',
			question: `${String(given['question'])}: --confirm ${String(given['rows'])}`,
		};
	}
	return { text: sentence(word, given) ?? `${JSON.stringify(result, readable, '\t')}\n` };
}

function sentence(word: OperateWord | 'move', o: Record<string, unknown>): string | undefined {
	const say = (text: string): string => `${text}\n`;
	switch (word) {
		case 'pause':
		case 'resume':
		case 'enable':
			return say(`${o['exportId']} is ${o['state']}, it was ${o['was']}; ${o['rows']} rows wait`);
		case 'disable':
			return say(
				`${o['exportId']} is ${o['state']}, it was ${o['was']}; ${o['dropped']} rows were dropped`,
			);
		case 'flush':
			return say(
				o['flushed']
					? `${o['rows']} rows are due`
					: `${o['rows']} rows wait, and are not due: the export is not active, or a batch of it is out`,
			);
		case 'adopt':
			return say(
				`${o['rows']} rows wait in ${o['to']} now, ${o['deadRows']} are dead letters there` +
					(o['left'] === 0 ? '' : `; ${o['left']} are left: try again in a minute`),
			);
		case 'move':
			return say(sayMoved(o as unknown as Moved));
		case 'backup':
			return say(`${o['directory']} is a backup: ${o['rows']} rows, ${o['bytes']} bytes, verified`);
		case 'retry':
			return say(`${o['batches']} batches are due now`);
		case 'replay':
			return say(`${o['rows']} rows in ${o['batches']} batches are due again`);
		case 'replay-kept':
			return say(
				`a replay of ${o['events']} kept events into ${o['exportId']} ${o['goesOn'] ? 'goes on' : 'has begun'}: ` +
					'a host that holds the buffer carries it out, as soon as it opens the store or within a minute',
			);
		case 'purge':
			return say(`${o['rows']} rows were removed`);
		case 'remove':
			return say(`${o['exportId']} was removed, with ${o['rows']} rows`);
		default:
			return undefined;
	}
}

function sayMoved(o: Moved): string {
	const { rows, deadRows, deadLetters, exports, latest, keys, documents, conflicts, damaged } = o;
	const names = (some: Moved['conflicts']) => some.map((one) => `${one.collection}/${one.id}`);
	const line = (count: number, text: string) => (count === 0 ? [] : [text]);
	return [
		`moved ${rows} rows, ${deadLetters} dead letters with ${deadRows} rows, ${exports.length} exports, ` +
			`${latest} latest events, ${documents} documents; ${keys} known keys were copied`,
		...exports.flatMap(({ exportId, left }) =>
			line(
				left,
				`${left} rows of ${exportId} are left: move again in a minute, or look at its dead letters`,
			),
		),
		...line(
			conflicts.length,
			`left, since they are other ones there: ${names(conflicts).join(', ')}`,
		),
		...line(damaged.length, `left, since they are damaged: ${names(damaged).join(', ')}`),
		...line(o.left.rows + o.left.documents === 0 ? 1 : 0, 'nothing is left'),
	].join('\n');
}

function readable(key: string, value: unknown): unknown {
	return typeof value === 'number' && /(^at|^from|^until|^since|At)$/.test(key)
		? new Date(value).toISOString()
		: value;
}

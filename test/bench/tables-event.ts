/** What bench:tables maps and loads: the event of bench:ingest under ids of its own, six columns, and what a person would write instead. */
import type { Event } from '../../core/event/event';
import type { Column } from '../../core/mapping/column';
import { eventOf800Bytes } from './ingest-event';

const ID = 'd1sluicedemo00evt001';

export const COLUMNS: readonly Column[] = [
	{ type: 'path', name: 'id', path: 'event.eventId', rawString: true, primaryKey: true },
	{ type: 'datetime', name: 'received_at' },
	{ type: 'ip', name: 'ip' },
	{ type: 'path', name: 'device', path: 'event.targetName', rawString: true },
	{ type: 'path', name: 'value', path: 'event.data.temperature.value' },
	{
		type: 'template',
		name: 'reading',
		template: {
			language: 'jsonnet',
			content: '{ type: Body("event.eventType"), data: Body("event.data") }',
		},
	},
];

/** All others are texts. */
export const TYPES = [
	{ name: 'received_at', type: 'timestamp' },
	{ name: 'value', type: 'number' },
	{ name: 'reading', type: 'json' },
] as const;

const TEMPLATE = eventOf800Bytes();

/** The body of an event, with an id of as many characters. */
export function eventBody(number: number): string {
	return TEMPLATE.replace(ID, idOf(number));
}

/** The same as a row of text cells. */
export function eventCells(number: number): readonly string[] {
	const { event } = JSON.parse(TEMPLATE) as { event: EventBody };
	const { eventType: type, targetName, data } = event;
	const reading = JSON.stringify({ data: sorted(data), type });
	const at = new Date(1_796_040_000_000 + number).toISOString();
	return [idOf(number), at, '127.0.0.1', targetName, String(data.temperature.value), reading];
}

interface EventBody {
	readonly eventId: string;
	readonly targetName: string;
	readonly eventType: string;
	readonly data: {
		readonly temperature: {
			readonly value: number;
			readonly samples: readonly number[];
			readonly updateTime: string;
		};
	};
}

/** What somebody would write by hand for these columns: event in, a row of CSV out, in the order of names that Jsonnet prints. */
export function rowByHand({ body, receivedAt, ip }: Event): string {
	const { event } = JSON.parse(
		Buffer.from(body.buffer, body.byteOffset, body.length).toString(),
	) as {
		event: EventBody;
	};
	const { eventId, targetName, eventType: type, data } = event;
	const cells = [
		eventId,
		new Date(receivedAt).toISOString(),
		ip,
		targetName,
		String(data.temperature.value),
		JSON.stringify({ data: sorted(data), type }),
	];
	return `${cells.map(quoteByHand).join(',')}\n`;
}

function sorted({ temperature: { samples, updateTime, value } }: EventBody['data']): object {
	return { temperature: { samples, updateTime, value } };
}

function quoteByHand(cell: string): string {
	return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function idOf(number: number): string {
	return `e${String(number).padStart(ID.length - 1, '0')}`;
}

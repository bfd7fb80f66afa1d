/** What bench:ingest and bench:accept push: an event of 800 bytes, the columns that are rendered of it, and its signature. */
import { signBody } from '../../core/signature/sign-body';

export const SECRET = 'bench';

export const COLUMNS = [
	{ type: 'path', name: 'eventId', path: 'event.eventId' },
	{ type: 'datetime', name: 'receivedAt' },
	{
		type: 'template',
		name: 'reading',
		template: {
			language: 'jsonnet',
			content: '{ type: Body("event.eventType"), data: Body("event.data") }',
		},
	},
] as const;

export function eventOf800Bytes(): string {
	const event = (note: string): string =>
		JSON.stringify({
			event: {
				eventId: 'd1sluicedemo00evt001',
				targetName: 'projects/p/devices/d',
				eventType: 'temperature',
				data: {
					temperature: {
						value: 21.35,
						samples: [21.1, 21.2],
						updateTime: '2026-01-01T00:00:00.000Z',
					},
				},
				timestamp: '2026-01-01T00:00:00.000Z',
			},
			labels: { name: 'Cold store 2', note },
		});
	return event('x'.repeat(800 - event('').length));
}

export async function signedHeaders(body: string, type: string): Promise<Record<string, string>> {
	return { 'content-type': type, 'x-dt-signature': await signBody({ body, secret: SECRET }) };
}

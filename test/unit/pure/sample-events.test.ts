import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isSampleType, sampleEvent, SAMPLE_TYPES } from '../../../core/pure/sample-events';
import { newVendorId } from '../../../core/runtime/ids';

const PAGE = path.join(__dirname, '../../../docs/spec/disruptive-data-connector.md');

interface Described {
	readonly type: string;
	/** As the page shows one. */
	readonly example: unknown;
	/** Values of a field that has a closed list of them. */
	readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Section 8 of the page: a heading, a table of fields and an example of each type. */
function described(): Described[] {
	const [, section = ''] = readFileSync(PAGE, 'utf8').split(/^## 8\. .*$/m);
	const [body = ''] = section.split(/^## 9\. /m);
	return body
		.split(/^### 8\.\d+ /m)
		.slice(1)
		.map((part) => ({
			type: /^\w+/.exec(part)?.[0] ?? '',
			example: JSON.parse(/```json\n(.*)\n```/.exec(part)?.[1] ?? 'null') as unknown,
			values: new Map(
				[...part.matchAll(/^\| `(\w+)` \| string enum: ([A-Z0-9_, ]+) \|/gm)].map(
					([, field = '', values = '']) => [field, values.trim().split(', ')] as const,
				),
			),
		}));
}

/** Names and kinds of values, without those of labels, which are anybody's. */
function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.length === 0 ? 'list' : [shapeOf(value[0])];
	if (typeof value !== 'object' || value === null) return typeof value;
	const entries = Object.entries(value).map(([name, one]) => {
		const isFree = ['labels', 'added', 'modified'].includes(name);
		return [name, isFree ? typeof one : shapeOf(one)] as const;
	});
	return Object.fromEntries(entries);
}

const at = Date.UTC(2026, 0, 31, 12, 0, 0, 123);
const make = (type: (typeof SAMPLE_TYPES)[number]) =>
	sampleEvent(type, { at, eventId: newVendorId() });

describe('sample events', () => {
	const page = described();

	it('are one of each type that the page of the Data Connector lists, in its order (D16)', () => {
		assert.deepEqual(
			SAMPLE_TYPES,
			page.map(({ type }) => type),
		);
		assert.equal(SAMPLE_TYPES.length, 19);
	});

	for (const type of SAMPLE_TYPES) {
		it(`${type} has the shape of the page, and values that may be`, () => {
			const found = page.find((one) => one.type === type);
			const sample = make(type);
			assert.deepEqual(shapeOf(sample), shapeOf(found?.example));
			const data = sample.event['data'] as Record<string, Record<string, unknown>>;
			for (const [field, values] of found?.values ?? [])
				assert.ok(values.includes(String(data[type]?.[field])), field);
			assert.equal(
				(sample.metadata as { deviceType: string }).deviceType,
				(found?.example as { metadata: { deviceType: string } }).metadata.deviceType,
			);
			assert.equal(sample.event['timestamp'], '2026-01-31T12:00:00.123000Z');
		});
	}

	it('have ids of the form of the vendor, and none of an example of the page (D5)', () => {
		const text = readFileSync(PAGE, 'utf8');
		const { event, metadata } = make('networkStatus');
		const [connector] = (
			(event['data'] as Record<string, { cloudConnectors: { id: string }[] }>)['networkStatus'] ?? {
				cloudConnectors: [],
			}
		).cloudConnectors;
		for (const id of [
			event['eventId'],
			metadata['deviceId'],
			metadata['projectId'],
			connector?.id,
		]) {
			assert.match(String(id), /^[0-9a-v]{20}$/);
			assert.ok(!text.includes(String(id)), String(id));
		}
		assert.equal(
			event['targetName'],
			`projects/${metadata['projectId']}/devices/${metadata['deviceId']}`,
		);
	});

	it('know what is none of them', () => {
		for (const text of ['', 'ping', 'toString', undefined, 7])
			assert.equal(isSampleType(text), false);
		assert.equal(isSampleType('co2'), true);
	});
});

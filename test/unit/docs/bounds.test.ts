import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
	ACK_TIMEOUT_MS,
	BODY_BYTES,
	COLUMNS,
	CONDITIONS,
	FILES,
	HTTP_TIMEOUT_MS,
	inSeconds,
	MAX_EXPORTS,
	NODE_CONDITIONS,
	RETRY,
	TABLE_TIMEOUT_MS,
	TEMPLATE_LENGTH,
} from '../../../core/pure/bounds';
import { MAX_APPEND_EVENTS } from '../../../core/buffer/store';
import { formatByteSize } from '../../../core/pure/byte-size';
import { shortDuration } from '../../../core/pure/duration';
import { DEFAULT_SCHEMA } from '../../../core/pure/schema-name';

const ROOT = path.join(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const grouped = (value: number): string => value.toLocaleString('en-US');

/** Of a page the line that is about a type of nodes; all of it where none is named. */
const aboutType = (page: string, type?: string): string =>
	page
		.split('\n')
		.filter((line) => type === undefined || line.startsWith(`| \`${type}\``))
		.join('\n');

/** What dialogs and pages write out, since they are no code: each place says what core/pure/bounds.ts says. */
describe('bounds and defaults, written out', () => {
	const written: readonly (readonly [name: string, value: string, type?: string])[] = [
		['count', String(NODE_CONDITIONS.count)],
		['time', NODE_CONDITIONS.time],
		['size', NODE_CONDITIONS.size],
		['retryDelays', RETRY.delays],
		['ackTimeoutSeconds', String(inSeconds(ACK_TIMEOUT_MS).fallback)],
		['maxBodyBytes', String(BODY_BYTES.fallback)],
		['timeoutSeconds', String(inSeconds(HTTP_TIMEOUT_MS).fallback), 'sluice-forward'],
		['timeoutSeconds', String(inSeconds(TABLE_TIMEOUT_MS).fallback), 'sluice-table'],
		['fileSize', formatByteSize(FILES.bytes.fallback), 'sluice-file'],
		['fileAge', shortDuration(FILES.ageMs.fallback), 'sluice-file'],
		['schema', DEFAULT_SCHEMA],
	];
	for (const [name, value, type] of written) {
		it(`${name} of ${type ?? 'all'} is ${value} wherever a dialog of Node-RED or a page gives its default`, () => {
			const inDialog = new RegExp(`\\b${name}: (?:\\{\\s*value: )?(?:'([^']*)'|(\\d+)\\b)`, 'g');
			const inPage = new RegExp(`\`${name}\` \`?([0-9][\\w, ]*\\w)`, 'g');
			const found = [
				...globSync(`node-red/${type ?? 'sluice-*'}/*.html`, { cwd: ROOT }).flatMap((file) =>
					[...read(file).matchAll(inDialog)].map((match) => match[1] ?? match[2]),
				),
				...['node-red/README.md', 'nodes/README.md'].flatMap((file) =>
					[...aboutType(read(file), type).matchAll(inPage)].map((match) => match[1]),
				),
			];
			assert.ok(found.length > 0);
			assert.deepEqual([...new Set(found)], [value]);
		});
	}

	it('the help and the dialogs of Node-RED name the bounds of conditions, bodies, waits and data', () => {
		const { count, sizeBytes } = CONDITIONS;
		const sizes = [sizeBytes.min, sizeBytes.max].map(formatByteSize);
		const editor = read('node-red/editor/locales/en-US.json');
		assert.ok(
			editor.includes(`${count.min}…${grouped(count.max)} events, 1s…24h, ${sizes.join('…')}.`),
		);
		assert.ok(editor.includes(`Size: must be ${sizes.join('…')},`));
		const { min, max } = inSeconds(ACK_TIMEOUT_MS);
		assert.ok(editor.includes(`${min}…${grouped(max)}.`));
		const days = RETRY.delayMs.max / 3_600_000;
		assert.ok(editor.includes(`at most ${RETRY.maxDelays} times, each 0s…${days}h,`));
		for (const type of ['sluice-receiver', 'sluice-buffer']) {
			const help = read(`node-red/${type}/locales/en-US/${type}.html`);
			assert.ok(help.includes(`At ${count.min} to ${grouped(count.max)} events`), type);
			assert.ok(help.includes(`at ${sizes.join(' to ')},`), type);
		}
		assert.ok(
			read('node-red/sluice-receiver/locales/en-US/sluice-receiver.json').includes(
				`${BODY_BYTES.min}…${grouped(BODY_BYTES.max)}.`,
			),
		);
		const timeout = inSeconds(HTTP_TIMEOUT_MS);
		const forward = 'node-red/sluice-forward/locales/en-US/sluice-forward';
		assert.ok(read(`${forward}.html`).includes(`(${timeout.min} to ${timeout.max} seconds)`));
		assert.ok(read(`${forward}.json`).includes(`seconds, ${timeout.min}…${timeout.max}"`));
		for (const type of ['sluice-receiver', 'sluice-buffer', 'sluice-map']) {
			const help = read(`node-red/${type}/locales/en-US/${type}.html`);
			const { min: least, max: most } = TEMPLATE_LENGTH;
			assert.ok(help.includes(`${COLUMNS.min} to ${COLUMNS.max} fields or columns`), type);
			assert.ok(help.includes(`template of ${least} to ${grouped(most)} characters`), type);
		}
		const dialog = read('node-red/sluice-receiver/locales/en-US/sluice-receiver.json');
		assert.ok(dialog.includes(`Up to ${grouped(MAX_APPEND_EVENTS)}.`));
		const receiver = read('node-red/sluice-receiver/locales/en-US/sluice-receiver.html');
		assert.ok(receiver.includes(`1 to ${MAX_EXPORTS} buffers`));
	});

	it('the dialogs of n8n, which are code, take each bound and each text with one from there', () => {
		const files = globSync('{nodes,credentials}/**/*.ts', { cwd: ROOT });
		const figures = files.flatMap((file) =>
			[
				...read(file).matchAll(
					/(?:minValue|maxValue|maxAllowedFields): (?![01]\b)[\d_]+|\b\d{1,3}(?:,\d{3})+\b/g,
				),
			].map(([figure]) => `${file}: ${figure}`),
		);
		assert.ok(files.length > 20);
		assert.deepEqual(figures, []);
	});
});

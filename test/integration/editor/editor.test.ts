import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { ALERT_KINDS } from '../../../core/pure/alert-kinds';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { startNodeRed, type NodeRed, type SavedNode } from './node-red';

const FLOW = [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	{
		id: 'h1',
		type: 'http in',
		z: 'tab0',
		x: 700,
		y: 800,
		name: 'reader',
		url: '/orders/:id?',
		method: 'get',
		wires: [[]],
	},
	// As a person writes them who leaves out what has a default.
	...['receiver', 'buffer', 'ack', 'control', 'alert'].map((name, index) => {
		const auth = name === 'receiver' ? { auth: [{ kind: 'none' }] } : {};
		const place = { z: 'tab0', x: 700, y: 500 + 50 * index };
		return { id: `by-hand-${name}`, type: `sluice-${name}`, ...place, ...auth, wires: [[]] };
	}),
];
const FLOW_TYPES = [
	'sluice-receiver',
	'sluice-buffer',
	'sluice-map',
	'sluice-sign',
	'sluice-verify',
	'sluice-forward',
	'sluice-ack',
	'sluice-control',
	'sluice-alert',
] as const;

interface WrongValue {
	readonly type: (typeof FLOW_TYPES)[number];
	readonly field: string;
	readonly wrong: string;
	/** What the message must name. */
	readonly names: readonly string[];
	readonly right: string;
}

/** A sluice-ack, sluice-control or sluice-alert has nothing that could be wrong when it is dropped in. */
const WRONG_VALUES: readonly WrongValue[] = [
	{
		type: 'sluice-receiver',
		field: '#node-input-path',
		wrong: 'in box',
		names: ['Path', '/'],
		right: '/in',
	},
	{
		type: 'sluice-receiver',
		field: '#node-input-path',
		wrong: '/flows',
		names: ['Path', "Node-RED's own"],
		right: '/in',
	},
	{
		type: 'sluice-receiver',
		field: '#node-input-urlSecret',
		wrong: 'short',
		names: ['Secret', '16…128'],
		right: 'A'.repeat(48),
	},
	{
		type: 'sluice-receiver',
		field: '#node-input-maxBodyBytes',
		wrong: '16777217',
		names: ['Largest body', '1…16,777,216'],
		right: '2048',
	},
	{
		type: 'sluice-receiver',
		field: '#node-input-inactiveAfter',
		wrong: '30s',
		names: ['Tell when silent', '1m…720h'],
		right: '',
	},
	{
		type: 'sluice-receiver',
		field: '.sluice-count',
		wrong: '10000001',
		names: ['Count', '1…10,000,000'],
		right: '500',
	},
	{
		type: 'sluice-receiver',
		field: '.sluice-ack-timeout',
		wrong: '86401',
		names: ['Ack timeout', '1…86,400'],
		right: '900',
	},
	{
		type: 'sluice-buffer',
		field: '.sluice-time',
		wrong: '25h',
		names: ['Time', '1s…24h'],
		right: '1m',
	},
	{
		type: 'sluice-buffer',
		field: '.sluice-idle',
		wrong: '1m',
		names: ['Pause', 'shorter than the time, which is 1m'],
		right: '2s',
	},
	{
		type: 'sluice-buffer',
		field: '.sluice-retry-delays',
		wrong: '721h',
		names: ['Retry after', '0s…720h'],
		right: '1m',
	},
	{
		type: 'sluice-buffer',
		field: '.sluice-size',
		wrong: '51MB',
		names: ['Size', '100B…50MB'],
		right: '2MB',
	},
	{
		type: 'sluice-buffer',
		field: '.sluice-filterTypePath',
		wrong: '..',
		names: ['Type is at', 'place in the JSON body'],
		right: '',
	},
	{
		type: 'sluice-receiver',
		field: '.sluice-filterTypes',
		wrong: 'x'.repeat(257),
		names: ['Event types', '256'],
		right: '',
	},
	{
		type: 'sluice-map',
		field: '.sluice-name',
		wrong: ' ',
		names: ['Field name', 'missing'],
		right: 'temperature',
	},
	{
		type: 'sluice-map',
		field: '.sluice-path',
		wrong: '..',
		names: ['Path in the body', '".."'],
		right: 'data.value',
	},
	{
		type: 'sluice-sign',
		field: '.sluice-scheme-expiresInSeconds',
		wrong: '0',
		names: ['Expires in', '1…86,400'],
		right: '600',
	},
	{
		type: 'sluice-sign',
		field: '.sluice-scheme-header',
		wrong: 'two words',
		names: ['Header', 'header name'],
		right: 'X-Signature',
	},
	{
		type: 'sluice-verify',
		field: '.sluice-scheme-leewaySeconds',
		wrong: '3601',
		names: ['Leeway', '0…3,600'],
		right: '30',
	},
	{
		type: 'sluice-verify',
		field: '.sluice-scheme-claim',
		wrong: 'exp',
		names: ['Checksum in', '1…100'],
		right: 'sha256',
	},
	{
		type: 'sluice-forward',
		field: '#node-input-url',
		wrong: 'ftp://example.com',
		names: ['URL', 'https://'],
		right: 'https://example.com/in',
	},
	...(
		[
			['typePath', '..', ['Event type in', 'place in the JSON body'], ''],
			['dedupeKeyPath', 'id, ..', ['Known again by', 'place in the JSON body'], 'id, source'],
			['dedupeHeader', 'X Id', ['Known again by header', 'header name'], 'X-Id'],
			['dedupeHours', '721', ['Known again for', '1…720'], '12'],
			['maxDecompressedBytes', '0', ['Decompressed', '1…16,777,216'], '2000000'],
			['trustedProxies', '10.0.0.0/8, x', ['Trusted proxies', '10.0.0.0/8'], 'fd00::/8'],
			['allowedOrigins', 'https://A.b', ['Pages (CORS)', 'https://app.example.com'], '*'],
			['allowedHeaders', 'a b', ['Their headers', 'header name'], 'content-type, x-a'],
		] as const
	).map(([field, wrong, names, right]) => ({
		type: 'sluice-receiver' as const,
		...{ field: `#node-input-${field}`, wrong, names, right },
	})),
	{
		type: 'sluice-forward',
		field: '#node-input-timeoutSeconds',
		wrong: '601',
		names: ['Timeout', '1…600'],
		right: '20',
	},
	{
		type: 'sluice-forward',
		field: '#node-input-allowedCidrs',
		wrong: '10.0.0.0/33',
		names: ['Allowed networks', '10.0.0.0/8'],
		right: '10.0.0.0/8',
	},
];

/** Of the pages of sluice-forward, in the order to try them: what is chosen before, and a value that is wrong then. */
const WRONG_IN_FORWARD: readonly {
	readonly page: string;
	readonly chosen?: Readonly<Record<string, string>>;
	readonly field: string;
	readonly wrong: string;
	readonly says: RegExp;
	readonly right: string;
}[] = [
	...(
		[
			['bearer', 'authToken', 'two words', /Token: must be printable ASCII/, 'abc'],
			['basic', 'authUser', 'a:b', /User: must not hold a colon/, 'me'],
			['oauth2', 'authTokenUrl', 'id/token', /Token URL: must begin with http/, 'https://id'],
			['oauth2', 'authClientId', '', /Client ID: is missing/, 'client'],
			['oauth2', 'authClientSecret', '', /Client secret: is missing/, 'secret'],
			['header', 'authHeader', 'Host', /Header name: .*does not set itself/, 'X-Api-Key'],
			['header', 'authValue', '', /Header value: is missing/, 'D'.repeat(20)],
		] as const
	).map(([auth, field, wrong, says, right]) => ({
		page: 'endpoint',
		chosen: { auth },
		field,
		wrong,
		says,
		right,
	})),
	...(
		[
			['count', '0', /Count: .*1…10,000,000/, '10'],
			['time', '25h', /Time: must be 1s…24h/, '10s'],
			['size', '1', /Size: must be 100B…50MB/, '1MB'],
		] as const
	).map(([field, wrong, says, right]) => ({
		page: 'request',
		chosen: { send: 'batch' },
		field,
		wrong,
		says,
		right,
	})),
	{
		page: 'request',
		chosen: { body: 'connector' },
		field: 'labels',
		wrong: 'x'.repeat(201),
		says: /Labels: must be at most 100 keys/,
		right: 'name, room',
	},
	...(
		[
			['retryDelays', '5s, 1d', /Retry after: .*0s…720h/, '5s, 1m'],
			['maxAge', '721h', /Give up after: must be 1m…720h/, '12h'],
			['retryOn', '200', /Retry also: must be statuses from 300 to 599/, '404'],
			['finalOn', '4xx, 404', /Never retry: 404 is in the other list/, '501'],
			['maxInFlight', '101', /At once: .*1…100/, '8'],
			['burst', '5', /at once after a pause: needs requests per second/, ''],
			['perSecond', '0', /requests per second: .*1…10,000/, '5'],
			['perMinute', '600001', /requests per minute: .*1…600,000/, '100'],
			['burst', '10001', /at once after a pause: .*1…10,000/, '5'],
			['breakerPercent', '101', /from this % of failures: .*1…100/, '50'],
			['breakerRequests', '0', /of at least so many requests: .*1…1,000/, '20'],
			['breakerWindow', '5s', /within: must be 10s…1h/, '10m'],
			['giveUpAfter', '30m', /For: must be 1h…720h/, '48h'],
		] as const
	).map(([field, wrong, says, right]) => ({ page: 'delivery', field, wrong, says, right })),
	{
		page: 'delivery',
		chosen: { order: 'key' },
		field: 'orderKeyPath',
		wrong: '..',
		says: /Key: must be a place in the JSON body/,
		right: 'event.targetName',
	},
];

for (const theme of ['light', 'dark'] satisfies Theme[]) {
	describe(`the dialogs in Node-RED's ${theme} theme`, function () {
		prepareBrowserSuite(this, () => editor);
		const ids: Record<string, string> = {};
		let nodeRed: NodeRed;
		let browser: Browser;
		let editor: EditorPage;

		before(async function () {
			const executablePath = readyForBrowser(this);
			nodeRed = await startNodeRed(PACKAGE, FLOW);
			browser = await launchChromium(executablePath);
			editor = await EditorPage.open(browser, nodeRed.url, theme);
		});

		after(async () => {
			await browser?.close();
			await nodeRed?.close();
		});

		const open = async (type: string, part?: 'options' | 'buffer' | 'all'): Promise<void> => {
			await editor.openDialog(ids[type]!);
			if (part === 'options' || part === 'all') await editor.openOptions();
			const head = editor.page.locator('.sluice-buffer-head').first();
			if ((part === 'buffer' || part === 'all') && (await head.count()) > 0) await head.click();
		};
		const saved = async (type: string): Promise<SavedNode> => {
			const found = (await nodeRed.readFlows()).filter(
				(node) => node.type === type && !node.id.startsWith('by-hand'),
			);
			assert.equal(found.length, 1, `${found.length} nodes of type ${type}`);
			return found[0]!;
		};

		it('every node can be dragged from the palette and is called by its spaced name', async () => {
			for (const [index, type] of FLOW_TYPES.entries()) {
				ids[type] ??= await editor.drop(type, 180 + (index % 2) * 260, 80 + index * 70);
				const label = editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
				assert.equal((await label.innerText()).replace(/\s+/g, ' '), type.replace('-', ' '));
			}
			await editor.screenshot('palette');
			assert.deepEqual(editor.problems, []);
		});

		it('every node has a help text, and none calls a buffer an export', async () => {
			for (const type of [...FLOW_TYPES, 'sluice-store', 'sluice-secret']) {
				const help = await editor.help(type);
				assert.ok(help.length > 500, `${type} has no help`);
				assert.doesNotMatch(help, /export/i);
			}
		});

		it('a dropped receiver has a secret of its own and is complete', async () => {
			const { credentials, valid } = await editor.state(ids['sluice-receiver']!);
			assert.match(credentials?.['urlSecret'] ?? '', /^[0-9A-Za-z]{48}$/);
			assert.equal(valid, true);
		});

		it('a node that was written by hand shows the default of each choice that it leaves out', async () => {
			for (const { id } of FLOW.filter(({ id }) => id.startsWith('by-hand'))) {
				await editor.openDialog(id);
				const chosen = await editor.page
					.locator('#dialog-form select')
					.evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).selectedIndex));
				assert.ok(chosen.length > 0 && chosen.every((index) => index >= 0), id);
				await editor.cancelDialogs();
			}
		});

		for (const type of FLOW_TYPES.filter((each) =>
			WRONG_VALUES.some((value) => value.type === each),
		)) {
			it(`${type} shows what is wrong, names the bound, and takes what is right`, async () => {
				await open(type, 'all');
				// Those of a buffer are there once it is open.
				await editor.openOptions();
				for (const value of WRONG_VALUES.filter((each) => each.type === type)) {
					const input = editor.page.locator(`#dialog-form ${value.field}`).first();
					await editor.turnToPageOf(input);
					await editor.fill(input, value.wrong);
					await editor.expectWrong(input, true);
					const message = await editor.message(input);
					for (const word of value.names) {
						assert.ok(message.includes(word), `${word} is not in: ${message}`);
					}
					await editor.fill(input, value.right);
					await editor.expectWrong(input, false);
				}
				await editor.screenshot(`all-of-${type}`);
				await editor.done();
			});
		}

		it('sluice-forward marks the page where something is wrong, and takes what is right', async () => {
			await open('sluice-forward');
			const { page } = editor;
			const sign = (of: string) =>
				page.locator(`#sluice-tabs a[href="#sluice-page-${of}"] .sluice-tab-wrong`);
			const labels = await page.locator('#sluice-tabs li').allInnerTexts();
			assert.deepEqual(
				labels.map((label) => label.trim()),
				['Endpoint', 'Request', 'Delivery', 'Filter', 'Test'],
			);
			for (const { page: of, chosen = {}, field, wrong, says, right } of WRONG_IN_FORWARD) {
				await editor.turnTo(of);
				for (const [name, choice] of Object.entries(chosen))
					await page.locator(`#node-input-${name}`).selectOption(choice);
				const input = page.locator(`#node-input-${field}`);
				await editor.fill(input, wrong);
				await editor.expectWrong(input, true);
				assert.match(await editor.message(input), says);
				await sign(of).waitFor();
				await editor.fill(input, right);
				await editor.expectWrong(input, false);
			}
			for (const of of ['endpoint', 'request', 'delivery']) {
				await sign(of).waitFor({ state: 'hidden' });
				await editor.turnTo(of);
				await editor.screenshot(`forward-${of}`);
			}
			await editor.done();
			assert.equal((await editor.state(ids['sluice-forward']!)).valid, true);
		});

		it('sluice-forward asks for a dataset where it pushes to one, and for nothing of an endpoint', async () => {
			await open('sluice-forward');
			const { page } = editor;
			const input = (name: string) => page.locator(`#node-input-${name}`);
			// Whatever the tests before have chosen.
			await editor.turnTo('request');
			await input('send').selectOption('as');
			await editor.turnTo('delivery');
			await input('order').selectOption('any');
			await editor.turnTo('endpoint');
			await input('destination').selectOption('opendatasoft');
			await input('url').waitFor({ state: 'hidden' });
			const wrong: readonly (readonly [
				name: string,
				wrong: string,
				says: RegExp,
				right: string,
			])[] = [
				['domain', 'https://example.org/?a=b', /Domain: must .*query/, 'https://data.example.org'],
				['dataset', 'a/b', /Dataset: must be an ID/, 'air-quality'],
				['resource', '..', /Resource: must be an ID/, ''],
				['pushKey', '', /Push key: is missing/, 'key'],
				['maxRecords', '10001', /At most: /, '500'],
			];
			for (const [name, value, says, right] of wrong) {
				await editor.fill(input(name), value);
				await editor.expectWrong(input(name), true);
				assert.match(await editor.message(input(name)), says);
				await editor.fill(input(name), right);
				await editor.expectWrong(input(name), false);
			}
			await input('idField').waitFor({ state: 'hidden' });
			await input('operation').selectOption('deleteById');
			await input('idField').waitFor();
			await editor.screenshot('forward-dataset');
			await editor.turnTo('request');
			await input('count').waitFor();
			await input('method').waitFor({ state: 'hidden' });
			await editor.screenshot('forward-dataset-request');
			await editor.turnTo('delivery');
			assert.equal(await input('order').inputValue(), 'strict');
			await editor.screenshot('forward-dataset-delivery');
			await editor.turnTo('endpoint');
			await input('destination').selectOption('http');
			await input('url').waitFor();
			assert.deepEqual(
				[await input('send').inputValue(), await input('order').inputValue()],
				['as', 'any'],
			);
			await input('destination').selectOption('opendatasoft');
			await editor.done();
			assert.equal((await editor.state(ids['sluice-forward']!)).valid, true);
			await open('sluice-forward');
			assert.equal(await input('order').inputValue(), 'strict');
			await input('destination').selectOption('http');
			await editor.fill(input('url'), 'https://example.com/in');
			await editor.turnTo('delivery');
			await input('order').selectOption('key');
			await editor.done();
		});

		it('sluice-forward says what does not fit together, and where a proxy is missing', async () => {
			await open('sluice-forward', 'options');
			const { page } = editor;
			const choose = (name: string, value: string) =>
				page.locator(`#node-input-${name}`).selectOption(value);
			await choose('proxy', 'server');
			const proxy = page.locator('#node-input-httpProxy');
			await editor.expectWrong(proxy, true);
			await choose('proxy', 'environment');
			await editor.expectWrong(page.locator('#node-input-tls'), false);
			await editor.turnTo('request');
			const [format, body] = ['format', 'body'].map((name) => page.locator(`#node-input-${name}`));
			await choose('body', 'row');
			await choose('format', 'csv');
			assert.match(await editor.message(format!), /Format: a table needs columns/);
			const onError = page.locator('#sluice-forward-data .sluice-on-mapping-error');
			await onError.waitFor({ state: 'hidden' });
			await page.locator('#sluice-forward-data .sluice-data').selectOption('fields');
			assert.equal(await onError.inputValue(), 'dead');
			await onError.selectOption('reject');
			await editor.fill(page.locator('.sluice-fields .sluice-name'), 'n');
			await editor.expectWrong(format!, false);
			await choose('body', 'connector');
			assert.match(await editor.message(body!), /Content: this needs the whole event/);
			await choose('body', 'row');
			await editor.screenshot('forward-table');
			await page.locator('#sluice-forward-data .sluice-data').selectOption('event');
			await choose('format', 'ndjson');
			await editor.expectWrong(body!, false);
			await editor.turnTo('delivery');
			await page.locator('.sluice-retry-preset').selectOption('disruptive');
			assert.equal(await page.locator('#node-input-retryDelays').inputValue(), 'disruptive');
			const words = page.locator('#sluice-page-delivery .sluice-hint', { hasText: 'given up' });
			assert.match(await words.innerText(), /8s, 16s, .*1h .*again and again.*12h/);
			await editor.fill(page.locator('#node-input-retryDelays'), '5s, 1m');
			assert.equal(await page.locator('.sluice-retry-preset').inputValue(), 'own');
			await page.locator('#node-input-breaker').uncheck();
			await page.locator('#node-input-breakerPercent').waitFor({ state: 'hidden' });
			await page.locator('#node-input-breaker').check();
			await editor.turnTo('filter');
			await editor.fill(page.locator('.sluice-filterTypePath'), '..');
			assert.match(
				await editor.message(page.locator('.sluice-filterTypePath')),
				/Type is at: must/,
			);
			await editor.fill(page.locator('.sluice-filterTypePath'), '');
			await editor.fill(page.locator('.sluice-filterTypes'), 'temperature, touch');
			await page.getByRole('button', { name: 'add label' }).click();
			const key = page.locator('.sluice-key');
			await editor.expectWrong(key, true);
			await editor.fill(key, 'room');
			await page.locator('.sluice-rule').selectOption('in');
			const value = page.locator('.sluice-label-value');
			assert.match(await editor.message(value), /Value of the label: is missing/);
			await editor.fill(value, '1, 2');
			const condition = page.locator('#sluice-page-filter .sluice-template');
			await editor.fill(condition, 'Body("n"');
			await page.locator('.sluice-fault:visible', { hasText: 'line 1' }).waitFor();
			await editor.screenshot('forward-filter');
			await editor.fill(condition, 'Body("n") > 1');
			await editor.expectWrong(condition, false);
			await editor.done();
			assert.equal((await editor.state(ids['sluice-forward']!)).valid, true);
		});

		it('a wrong value inside a buffer makes the receiver incomplete and is named there', async () => {
			await open('sluice-receiver', 'buffer');
			await editor.fill(editor.page.locator('.sluice-size'), '1');
			await editor.screenshot('receiver-wrong');
			await editor.done();
			const wrong = await editor.state(ids['sluice-receiver']!);
			assert.equal(wrong.valid, false);
			assert.match(wrong.validationErrors?.join() ?? '', /Buffer "events": Size: .*100B…50MB/);
			await open('sluice-receiver', 'buffer');
			await editor.fill(editor.page.locator('.sluice-size'), '5MB');
			await editor.page.locator('.sluice-batch-format').waitFor({ state: 'hidden' });
			await editor.page.locator('.sluice-batch-as').selectOption('file');
			await editor.page.locator('.sluice-batch-format').selectOption('csv');
			await editor.page.locator('.sluice-batch-csv-header').waitFor();
			await editor.screenshot('receiver-batch-csv');
			await editor.done();
			const { validationErrors } = await editor.state(ids['sluice-receiver']!);
			assert.match(
				validationErrors?.join() ?? '',
				/Buffer "events": Format: a table needs columns/,
			);
			await open('sluice-receiver', 'buffer');
			await editor.page.locator('.sluice-batch-format').selectOption('ndjson');
			await editor.page.locator('.sluice-batch-csv-header').waitFor({ state: 'hidden' });
			await editor.done();
			assert.equal((await editor.state(ids['sluice-receiver']!)).valid, true);
		});

		it('infers the fields of a receiver from a sample, and keeps what is said of them by hand', async () => {
			const { page } = editor;
			const receiver = ids['sluice-receiver']!;
			const fields = page.locator('#sluice-schema-fields');
			const names = () =>
				fields
					.locator('.sluice-name')
					.evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
			await open('sluice-receiver');
			await editor.turnTo('schema');
			await fields.waitFor({ state: 'hidden' });
			await page.locator('#node-input-schemaMode').selectOption('coerce');
			await page.locator('#sluice-schema-sample').fill('[{"isbn": ');
			await page.locator('#sluice-schema-infer').click();
			assert.equal(await page.locator('#sluice-schema-inferred').innerText(), 'This is no JSON.');
			await page
				.locator('#sluice-schema-sample')
				.fill('[{"isbn": "x", "n": 1}, {"at": "2025-03-04"}]');
			await page.locator('#sluice-schema-infer').click();
			assert.equal(await page.locator('#sluice-schema-inferred').innerText(), '3 fields');
			assert.deepEqual(await names(), ['isbn', 'n', 'at']);
			await fields.locator('input[type="checkbox"]').first().check();
			await fields.locator('.sluice-field-type').nth(1).selectOption('double');
			await editor.fill(fields.locator('.sluice-name').nth(2), 'n');
			await editor.expectWrong(fields.locator('.sluice-name').nth(2), true);
			await editor.screenshot('receiver-schema');
			await editor.done();
			const wrong = await editor.state(receiver);
			assert.equal(wrong.valid, false);
			assert.match(wrong.validationErrors?.join() ?? '', /"n"/);
			await open('sluice-receiver');
			await editor.turnTo('schema');
			await editor.fill(fields.locator('.sluice-name').nth(2), 'at');
			const from = page.locator('#node-input-schemaSourceField');
			await editor.fill(from, 'source_label');
			await editor.expectWrong(from, true);
			assert.match(await editor.message(from), /Source field: needs a source/);
			await page.locator('#node-input-schemaMode').selectOption('report');
			await from.waitFor({ state: 'hidden' });
			await page.locator('#node-input-schemaMode').selectOption('coerce');
			await editor.fill(from, '');
			await editor.expectWrong(from, false);
			await editor.done();
			const { valid, schemaFields } = await editor.state(receiver);
			assert.equal(valid, true);
			assert.deepEqual(schemaFields, [
				{ name: 'isbn', type: 'text', unique: true },
				{ name: 'n', type: 'double' },
				{ name: 'at', type: 'date' },
			]);
		});

		it('the address and the curl line follow path, secret and authentication', async () => {
			await open('sluice-receiver');
			const { page } = editor;
			const beside = page.locator('.sluice-warning', { hasText: 'http in' });
			await beside.waitFor({ state: 'hidden' });
			await editor.fill(page.locator('#node-input-path'), '/orders');
			assert.match(await beside.innerText(), /reader \(GET\)/);
			await editor.fill(page.locator('#node-input-urlSecret'), 'B'.repeat(48));
			const address = `${nodeRed.url}orders/${'B'.repeat(48)}`;
			assert.equal(await page.locator('#sluice-address-url').innerText(), address);
			assert.ok((await page.locator('#sluice-address-curl').innerText()).includes(`'${address}'`));
			await page.locator('.sluice-copy').first().click();
			assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
			await page.locator('.sluice-scheme').selectOption('none');
			assert.equal(await page.locator('#sluice-address-url').innerText(), `${nodeRed.url}orders`);
			await page.locator('#sluice-way-1 .sluice-warning', { hasText: 'Whoever knows' }).waitFor();
			await editor.screenshot('receiver-none');
			await page.locator('.sluice-scheme').selectOption('body-jwt');
			assert.match(
				await page.locator('#sluice-address-curl').innerText(),
				/openssl dgst [^]*X-Dt-Signature: '"\$TOKEN"/,
			);
			await editor.expectWrong(page.locator('#node-input-secret'), true);
			await editor.screenshot('receiver-signed');
			await page.locator('.sluice-scheme').selectOption('url-secret');
			await editor.screenshot('receiver');
			await editor.done();
		});

		it('a sender fills all that differs by it, and says what is left to do', async () => {
			await open('sluice-receiver');
			const { page } = editor;
			const sender = page.locator('#sluice-sender');
			const way = page.locator('#sluice-way-1');
			await sender.selectOption('trello');
			await page.locator('.sluice-warning', { hasText: 'Unverified' }).waitFor();
			assert.equal(await way.locator('.sluice-scheme').inputValue(), 'hmac');
			assert.equal(await way.locator('.sluice-scheme-content').inputValue(), '{body}{url}');
			const publicUrl = way.locator('.sluice-scheme-publicUrl');
			await editor.expectWrong(publicUrl, true);
			await editor.fill(publicUrl, 'https://hooks.example.com/in');
			await editor.expectWrong(publicUrl, false);
			assert.equal(await page.locator('#node-input-dedupeKeyPath').inputValue(), 'action.id');
			assert.equal(await page.locator('#node-input-handshake').inputValue(), 'trello');
			assert.match(
				await page.locator('#sluice-address-curl').innerText(),
				/"\$BODY"'https:\/\/hooks\.example\.com\/in' \| openssl dgst -sha1 -hmac "\$SECRET"/,
			);
			await editor.screenshot('receiver-sender');
			// Nothing of it is left where another one has nothing to say.
			await sender.selectOption('github');
			await page.locator('.sluice-warning', { hasText: 'Unverified' }).waitFor({ state: 'hidden' });
			assert.equal(await page.locator('#node-input-typeHeader').inputValue(), 'X-GitHub-Event');
			assert.equal(await page.locator('#node-input-typePath').inputValue(), '');
			assert.equal(await page.locator('#node-input-dedupeKeyPath').inputValue(), '');
			assert.equal(await page.locator('#node-input-handshake').inputValue(), '');
			assert.equal(await way.locator('.sluice-scheme-publicUrl').inputValue(), '');
			// It lets nobody in until a secret is chosen.
			await editor.expectWrong(page.locator('#node-input-secret'), true);
			// Whose settings they are is seen again.
			await sender.selectOption('microsoft-graph');
			await editor.done();
			await open('sluice-receiver');
			assert.equal(await sender.inputValue(), 'microsoft-graph');
			await page.locator('.sluice-warning', { hasText: 'Unverified' }).waitFor();
			await editor.turnTo('answers');
			await page.locator('#node-input-handshake').selectOption('');
			await editor.done();
		});

		it('a receiver takes by a second way, with a secret of its own', async () => {
			await open('sluice-receiver');
			const { page } = editor;
			const second = page.locator('#sluice-way-2 .sluice-other-scheme');
			const third = page.locator('#sluice-way-3 .sluice-other-scheme');
			await third.waitFor({ state: 'hidden' });
			assert.equal(await second.locator('option[value="none"]').count(), 0);
			await second.selectOption('bearer');
			await third.waitFor();
			const secret = page.locator('#node-input-secret2');
			await editor.expectWrong(secret, true);
			const by = page.getByLabel('Signed by');
			await by.selectOption('1');
			assert.match(await page.locator('#sluice-address-curl').innerText(), /Bearer '"\$SECRET"/);
			assert.ok(!(await page.locator('#sluice-address-curl').innerText()).includes('B'.repeat(48)));
			await editor.screenshot('receiver-two-ways');
			await editor.done();
			const wrong = await editor.state(ids['sluice-receiver']!);
			assert.equal(wrong.valid, false);
			assert.deepEqual(wrong.validationErrors, ['Secret: none is chosen']);
			await open('sluice-receiver');
			assert.equal(await second.inputValue(), 'bearer');
			await second.selectOption('');
			await third.waitFor({ state: 'hidden' });
			await editor.done();
			assert.equal((await editor.state(ids['sluice-receiver']!)).valid, true);
		});

		it('limits are checked where they are typed, and what is not deployed has seen nothing', async () => {
			await open('sluice-receiver');
			const { page } = editor;
			await editor.turnTo('access');
			const limit = page.locator('#node-input-limitPerSecond');
			await editor.fill(limit, '0');
			assert.match(await editor.message(limit), /Requests per second: .*1.*10,000/);
			await editor.fill(limit, '');
			const former = page.locator('#node-input-formerUrlSecret');
			await editor.fill(former, '721h');
			await editor.expectWrong(former, true);
			await editor.fill(former, '');
			await editor.screenshot('receiver-limits');
			await editor.turnTo('receiver');
			await page.getByRole('button', { name: 'Last requests' }).click();
			await page.locator('.sluice-warning', { hasText: 'deploy it' }).waitFor();
			await editor.turnTo('test');
			const test = page.locator('#sluice-page-test');
			await test.getByText('signed with its own secret').waitFor();
			await test.getByRole('button', { name: 'Test' }).click();
			await test.locator('.sluice-warning', { hasText: 'deploy it' }).waitFor();
			await editor.turnTo('receiver');
			await editor.done();
		});

		it('the pages of a receiver show what belongs to what is chosen', async () => {
			await open('sluice-receiver');
			const { page } = editor;
			await editor.turnTo('requests');
			await editor.screenshot('receiver-requests');
			await editor.turnTo('events');
			const device = page.locator('#node-input-latestDevicePath');
			await device.waitFor({ state: 'hidden' });
			await page.locator('#node-input-keepLatest').check();
			await device.waitFor();
			await editor.screenshot('receiver-events');
			await page.locator('#node-input-keepLatest').uncheck();
			await editor.turnTo('answers');
			const token = page.locator('#node-input-verifyToken');
			await token.waitFor({ state: 'hidden' });
			await page.locator('#node-input-handshake').selectOption('meta');
			await token.waitFor();
			await page.locator('#node-input-answerBody').selectOption('text');
			await page.locator('#node-input-answerText').waitFor();
			await editor.screenshot('receiver-answers');
			await editor.cancelDialogs();
		});

		it('a second buffer is a second output, and wires follow their buffer', async () => {
			const receiver = ids['sluice-receiver']!;
			await open('sluice-receiver');
			await editor.page.getByRole('button', { name: 'add buffer' }).click();
			const label = editor.page.locator('.sluice-label');
			await editor.fill(label, 'events');
			assert.match(await editor.message(label), /"events" is used more than once/);
			await editor.fill(label, 'alarms');
			await editor.screenshot('receiver-buffers');
			await editor.done();
			assert.equal((await editor.state(receiver)).outputs, 2);

			await editor.connect(receiver, 0, ids['sluice-buffer']!);
			await editor.connect(receiver, 1, ids['sluice-forward']!);
			await open('sluice-receiver');
			await editor.page.locator('.sluice-buffer-head').nth(1).click();
			const note = editor.page.locator('.sluice-hint b');
			assert.match(await note.innerText(), /waits for sluice forward/);
			await editor.page.locator('.red-ui-editableList-item-remove').first().click();
			await editor.page.locator('.sluice-buffer').nth(1).waitFor({ state: 'detached' });
			await editor.done();
			assert.equal((await editor.state(receiver)).outputs, 1);
			assert.deepEqual(await editor.wiredOutputs(receiver), [0]);

			await open('sluice-receiver');
			assert.equal(await editor.page.locator('.sluice-buffer-label').innerText(), 'alarms');
			assert.equal(
				await editor.page.locator('.red-ui-editableList-item-remove:visible').count(),
				0,
			);
			await editor.done();
		});

		it('columns hold paths and Jsonnet templates, with a large editor', async () => {
			await open('sluice-buffer');
			const { page } = editor;
			await page.locator('.sluice-data').selectOption('fields');
			await editor.fill(page.locator('.sluice-fields .sluice-name'), 'user');
			await editor.fill(page.locator('.sluice-fields .sluice-path'), 'user.name');
			await editor.screenshot('buffer-fields');
			await page.locator('.sluice-data').selectOption('columns');
			const names = page.locator('.sluice-columns .sluice-name');
			await editor.fill(names.first(), 'user');
			await editor.fill(page.locator('.sluice-columns .sluice-path').first(), 'user.name');
			await page.getByRole('button', { name: 'add column' }).click();
			await editor.fill(names.nth(1), 'user');
			assert.match(await editor.message(names.nth(1)), /"user" is used more than once/);
			await editor.fill(names.nth(1), 'summary');
			await page.locator('.sluice-column-type').nth(1).selectOption('template');
			const template = page.locator('.sluice-template:visible');
			await editor.fill(template, '');
			assert.match(await editor.message(template), /1…4,096/);
			await editor.fill(template, "{ user: Body('user.name') }");
			await editor.expectWrong(template, false);
			await editor.screenshot('buffer-columns');
			await page.locator('.sluice-expand:visible').click();
			await page.locator('.node-text-editor .view-lines').waitFor();
			await editor.settled();
			await page.keyboard.press('Control+End');
			await page.keyboard.type(' + { at: Now() }');
			await editor.screenshot('template');
			await page.locator('.red-ui-tray').last().locator('#node-dialog-ok').click();
			await editor.settled();
			assert.equal(await template.inputValue(), "{ user: Body('user.name') } + { at: Now() }");
			await editor.done();
		});

		it('a secret and a store are made from the dialogs that use them', async () => {
			const { page } = editor;
			await open('sluice-sign');
			await editor.screenshot('sign');
			await page.locator('#node-input-btn-secret-add').click();
			const secret = page.locator('#node-config-input-secret');
			await secret.waitFor();
			await editor.settled();
			await page.locator('#node-config-input-name').fill('sensors');
			await editor.expectWrong(secret, true);
			assert.match(await editor.message(secret), /Secret: is missing; 1…16,384/);
			const previous = page.locator('#node-config-input-previous');
			await editor.fill(previous, 'x'.repeat(16_385));
			await editor.expectWrong(previous, true);
			assert.match(await editor.message(previous), /Previous: must be 1…16,384 characters/);
			await editor.fill(previous, '');
			await editor.expectWrong(previous, false);
			await page.locator('#sluice-make-secret').click();
			await editor.expectWrong(secret, false);
			assert.match(await page.locator('#sluice-made-secret code').innerText(), /^[0-9A-Za-z]{48}$/);
			await editor.screenshot('secret');
			await page.locator('#node-config-dialog-ok').click();
			await editor.settled();
			await editor.expectWrong(page.locator('#node-input-secret'), false);
			await editor.done();

			await open('sluice-verify', 'options');
			await page.locator('#node-input-secret').selectOption({ label: 'sensors' });
			await page.locator('.sluice-scheme-algs').nth(2).check();
			await page.locator('.sluice-scheme-allowSha1').check();
			await editor.screenshot('verify');
			await editor.done();

			await open('sluice-buffer', 'options');
			await page.locator('#node-input-btn-store-add').click();
			await page.locator('#node-config-input-kind').waitFor();
			await editor.settled();
			await editor.screenshot('store');
			await page.locator('#node-config-input-kind').selectOption('postgres');
			const port = page.locator('#node-config-input-port');
			for (const [field, wrong, message, right] of [
				['port', '70000', /Port: .*1…65,535/, '5432'],
				['host', '', /Host: is missing/, 'db.internal'],
				['schema', 'My Store', /Schema: must be 1…48 characters/, 'sluice'],
				['database', '', /Database: is missing/, '${PGDATABASE}'],
			] as const) {
				const input = page.locator(`#node-config-input-${field}`);
				await editor.fill(input, wrong);
				await editor.expectWrong(input, true);
				assert.match(await editor.message(input), message);
				await editor.fill(input, right);
				await editor.expectWrong(input, false);
			}
			await page.locator('#node-config-input-user').fill('sluice');
			await editor.screenshot('store-postgres');
			assert.ok(await port.isVisible());
			await page.locator('#node-config-input-kind').selectOption('memory');
			await port.waitFor({ state: 'hidden' });
			await page.locator('.sluice-store-memory').waitFor();
			await editor.screenshot('store-memory');
			await page.locator('#node-config-dialog-ok').click();
			await editor.settled();
			await editor.done();
		});

		it('the other dialogs open and explain their choices', async () => {
			const { page } = editor;
			await open('sluice-forward', 'options');
			await page.getByRole('button', { name: 'add header' }).click();
			const name = page.locator('#sluice-headers').locator('..').locator('.sluice-name');
			await editor.fill(name, 'bad name');
			assert.match(await editor.message(name), /Header name/);
			await editor.fill(name, 'X-Tenant');
			await page.locator('.sluice-value').fill('acme');
			await page.getByRole('button', { name: 'add header' }).click();
			await editor.fill(page.locator('.sluice-name').nth(1), 'Authorization');
			const secret = page.locator('.sluice-value').nth(1);
			await editor.expectWrong(secret, true);
			assert.equal(await secret.getAttribute('type'), 'password');
			await editor.fill(secret, `Bearer ${'C'.repeat(20)}`);
			await editor.expectWrong(secret, false);
			const shared = page.locator('#node-input-secret');
			await shared.waitFor({ state: 'hidden' });
			await page.locator('.sluice-scheme').selectOption('body-jwt');
			await shared.waitFor();
			await editor.expectWrong(shared, true);
			await shared.selectOption({ label: 'sensors' });
			await editor.expectWrong(shared, false);
			await editor.fill(page.locator('.sluice-scheme-header'), 'X-Mine');
			await editor.screenshot('forward');
			await editor.done();
			await open('sluice-map');
			await editor.screenshot('map');
			await editor.done();
			await open('sluice-ack');
			assert.match(await page.locator('#dialog-form .sluice-hint').innerText(), /200 to 299/);
			await page.locator('#node-input-mode').selectOption('retry');
			assert.match(await page.locator('#dialog-form .sluice-hint').innerText(), /again later/);
			await editor.screenshot('ack');
			await editor.done();
			await open('sluice-alert');
			const boxes = page.locator('#sluice-alert-kinds input');
			assert.equal(await boxes.count(), ALERT_KINDS.length);
			await boxes.first().uncheck();
			await editor.screenshot('alert');
			await page.locator('#node-input-what').selectOption('results');
			await boxes.first().waitFor({ state: 'hidden' });
			await page.locator('#node-input-what').selectOption('alerts');
			await editor.done();
		});

		it('deploys what the dialogs show, and the secret only into the credentials file', async () => {
			await editor.deploy();
			for (const type of FLOW_TYPES) assert.equal((await saved(type))['configVersion'], 1);
			assert.deepEqual((await saved('sluice-alert'))['kinds'], ALERT_KINDS.slice(1));
			const receiver = await saved('sluice-receiver');
			const buffers = receiver['buffers'] as Record<string, unknown>[];
			assert.equal(receiver['outputs'], 1);
			assert.equal((receiver['wires'] as unknown[]).length, 1);
			assert.equal(buffers.length, 1);
			const { id, ...rest } = buffers[0]!;
			assert.match(String(id), /^[0-9a-f]{16}$/);
			assert.deepEqual(rest, {
				label: 'alarms',
				data: 'event',
				fields: [],
				columns: [],
				count: 100,
				time: '5s',
				idle: '',
				size: '5MB',
				done: 'auto',
				ackTimeoutSeconds: 600,
				retryDelays: '5s, 5m, 30m, 2h, 5h, 10h, 10h',
				onMappingError: 'reject',
				numbers: 'double',
				batchAs: 'rows',
				batchFormat: 'ndjson',
				batchCsvHeader: true,
				filterTypes: '',
				filterTypePath: '',
				filterLabels: [],
				filterLabelsPath: '',
				filterCondition: '',
				order: 'any',
				orderKeyPath: '',
				liveFirst: false,
				keepDays: '',
				keepGb: '',
			});
			assert.equal(receiver['path'], '/orders');
			const buffer = await saved('sluice-buffer');
			assert.deepEqual(buffer['columns'], [
				{ type: 'path', name: 'user', path: 'user.name' },
				{
					type: 'template',
					name: 'summary',
					template: { language: 'jsonnet', content: "{ user: Body('user.name') } + { at: Now() }" },
				},
			]);
			assert.deepEqual(buffer['fields'], [{ name: 'user', path: 'user.name' }]);
			assert.deepEqual((await saved('sluice-forward'))['headers'], [
				{ name: 'X-Tenant', value: 'acme' },
				{ name: 'Authorization', secret: true },
			]);
			// What the tables before have left in their fields, and what was chosen since.
			assert.deepEqual(receiver['auth'], [{ kind: 'url-secret' }]);
			assert.deepEqual((await saved('sluice-sign'))['signatures'], [
				{
					kind: 'body-jwt',
					header: 'X-Signature',
					claim: 'checksum_sha256',
					alg: 'HS256',
					expiresInSeconds: 600,
				},
			]);
			assert.deepEqual((await saved('sluice-verify'))['auth'], [
				{
					kind: 'body-jwt',
					header: 'X-Dt-Signature',
					leewaySeconds: 30,
					allowSha1: true,
					claim: 'sha256',
					algs: ['HS256', 'HS512'],
				},
			]);
			const forward = await saved('sluice-forward');
			const chosen = [
				'auth',
				'authHeader',
				'send',
				'body',
				'onMappingError',
				'order',
				'filterTypes',
				'filterLabels',
			];
			assert.deepEqual(
				chosen.map((name) => forward[name]),
				[
					'header',
					'X-Api-Key',
					'batch',
					'row',
					'reject',
					'key',
					'temperature, touch',
					[{ key: 'room', rule: 'in', value: '1, 2' }],
				],
			);
			assert.equal(forward['filterCondition'], 'Body("n") > 1');
			assert.equal(forward['retryDelays'], '5s, 1m');
			assert.deepEqual(forward['signatures'], [
				{
					kind: 'body-jwt',
					header: 'X-Mine',
					claim: 'checksum_sha256',
					alg: 'HS256',
					expiresInSeconds: 3600,
				},
			]);
			assert.equal((await saved('sluice-store'))['kind'], 'memory');
			assert.equal((await saved('sluice-secret'))['name'], 'sensors');
			const flows = JSON.stringify(await nodeRed.readFlows());
			assert.ok(!flows.includes('B'.repeat(48)) && !flows.includes('urlSecret'));
			assert.ok(!flows.includes('C'.repeat(20)) && !flows.includes('D'.repeat(20)));
			assert.match(await nodeRed.readCredentialsFile(), /"\$"/);
			await open('sluice-receiver');
			const secret = editor.page.locator('#node-input-urlSecret');
			assert.equal(await secret.inputValue(), 'B'.repeat(48));
			await editor.done();
			await open('sluice-forward');
			const values = editor.page.locator('.sluice-value');
			assert.equal(await values.nth(1).inputValue(), `Bearer ${'C'.repeat(20)}`);
			await editor.done();
		});

		it('a dialog that is closed without a change changes nothing', async () => {
			for (const type of FLOW_TYPES) {
				await open(type, type === 'sluice-receiver' ? 'buffer' : undefined);
				await editor.done();
				assert.notEqual((await editor.state(ids[type]!)).changed, true, type);
			}
		});

		it('a copy of a receiver gets a secret of its own', async () => {
			const { page } = editor;
			const before = await editor.ids('sluice-receiver');
			const { x, y } = await editor.middleOf(ids['sluice-receiver']!);
			await page.mouse.click(x, y);
			await page.keyboard.press('Control+c');
			await page.keyboard.press('Control+v');
			await page.mouse.move(700, 800);
			await page.mouse.click(700, 800);
			const copy = (await editor.ids('sluice-receiver')).find((id) => !before.includes(id));
			assert.ok(copy !== undefined);
			await page.waitForFunction(
				(id) =>
					Boolean(
						(
							globalThis as never as {
								RED: { nodes: { node(id: string): { credentials?: object } } };
							}
						).RED.nodes.node(id).credentials,
					),
				copy,
			);
			const { credentials } = await editor.state(copy);
			assert.match(credentials?.['urlSecret'] ?? '', /^[0-9A-Za-z]{48}$/);
			assert.notEqual(credentials?.['urlSecret'], 'B'.repeat(48));
		});

		it('nothing went wrong in the page', () => {
			assert.deepEqual(editor.problems, []);
		});
	});
}

import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { startNodeRed, type NodeRed } from './node-red';

const column = (name: string, path: string) => ({ type: 'path', name, path });
const buffer = (id: string, rest: object) => ({
	...{ id, label: id, fields: [], columns: [], count: 1_000, time: '1h', size: '5MB' },
	...{ done: 'sent', ackTimeoutSeconds: 600, onMappingError: 'reject', ...rest },
});
const FLOW = [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	{
		id: 'inbox',
		type: 'sluice-receiver',
		z: 'tab0',
		name: 'inbox',
		x: 200,
		y: 80,
		path: '/in',
		auth: [{ kind: 'none' }],
		split: 'array',
		maxBodyBytes: 1_048_576,
		buffers: [
			buffer('temps', { data: 'columns', columns: [column('device', 'device.id')] }),
			buffer('whole', { data: 'event' }),
		],
		outputs: 2,
		configVersion: 1,
		wires: [['sink'], ['sink']],
	},
	{
		...buffer('queue', { data: 'fields', fields: [{ name: 'v', path: 'data.v' }] }),
		type: 'sluice-buffer',
		z: 'tab0',
		name: 'queue',
		x: 200,
		y: 160,
		configVersion: 1,
		wires: [['sink']],
	},
	{ id: 'sink', type: 'debug', z: 'tab0', x: 500, y: 120, active: false, wires: [] },
];
const EVENT = { device: { id: 'f3a1' }, data: { temperature: { value: 21.5 }, at: '2026-01-31' } };

for (const theme of ['light', 'dark'] satisfies Theme[]) {
	describe(`a mapping beside the row of a sample, in the ${theme} theme`, function () {
		prepareBrowserSuite(this, () => editor);
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

		const push = async (body: unknown): Promise<void> => {
			const answer = await fetch(new URL('/in', nodeRed.url), {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-site': 'b4' },
				body: JSON.stringify(body),
			});
			assert.equal(answer.status, 200, await answer.text());
		};
		const openBuffer = async (label: string): Promise<Locator> => {
			await editor.openDialog('inbox');
			const item = editor.page.locator('.sluice-buffers > li', { hasText: label }).first();
			await item.locator('.sluice-buffer-head').click();
			return item;
		};
		const cells = (within: Locator) => within.locator('.sluice-columns .sluice-cell');
		const shows = async (where: Locator, words: string | RegExp): Promise<void> => {
			await where.filter({ hasText: words }).waitFor();
		};

		it('shows what each column gives of the last event received, as it is typed', async () => {
			await push([{ device: { id: 'old' } }, EVENT]);
			const item = await openBuffer('temps');
			await shows(item.locator('.sluice-sample-said'), /Paste an event/);
			await item.getByRole('button', { name: 'Last one received' }).click();
			await shows(cells(item), '= "f3a1"');
			assert.deepEqual(JSON.parse(await item.getByLabel('Sample event').inputValue()), EVENT);
			await shows(item.locator('.sluice-sample-said'), 'Taken.');
			await shows(item.locator('.sluice-sample-gets pre'), '"device": "f3a1"');

			await item.getByRole('button', { name: 'add column' }).click();
			await item.locator('.sluice-columns .sluice-name').nth(1).fill('temp');
			await item.locator('.sluice-columns .sluice-path').nth(1).fill('data.temp');
			await shows(cells(item).nth(1), 'path "data.temp" not found in the body');
			await shows(item.locator('.sluice-sample-said'), /does not fit/);
			await editor.settled();
			await editor.screenshot('sample-fault');
			await item.locator('.sluice-columns .sluice-path').nth(1).fill('data.temperature.value');
			await shows(cells(item).nth(1), '= 21.5');
			const places = await editor.page
				.locator('#sluice-paths option')
				.evaluateAll((all) => all.map((one) => one.getAttribute('value')));
			assert.ok(places.includes('data.temperature.value'), places.join());
			await item.locator('.sluice-column-type').nth(1).selectOption('template');
			const template = item.locator('.sluice-columns .sluice-template:visible').last();
			await template.fill('{\n  f: Boby("x"),\n}');
			await shows(cells(item).nth(1), 'line 2, column 6: Unknown variable: Boby');
			await template.fill(
				'"%.1f °F, %s" % [Body("data.temperature.value") * 9 / 5 + 32, Header("X-Site")]',
			);
			await shows(cells(item).nth(1), '= "70.7 °F, b4"');
			await item.locator('.sluice-key-mark').first().check();
			await editor.settled();
			await editor.screenshot('sample-row');
			const beside = item.locator('.sluice-sample');
			const list = item.locator('.sluice-columns');
			const [below, above] = [await beside.boundingBox(), await list.boundingBox()];
			assert.ok(below!.y > above!.y + 50, 'below the columns where the dialog is narrow');
			const handle = await editor.page.locator('.red-ui-tray-resize-handle').boundingBox();
			const { mouse } = editor.page;
			await mouse.move(handle!.x + 2, handle!.y + 300);
			await mouse.down();
			await mouse.move(handle!.x - 500, handle!.y + 300, { steps: 5 });
			await mouse.up();
			await editor.settled();
			await editor.screenshot('sample-wide');
			const [right, left] = [await beside.boundingBox(), await list.boundingBox()];
			assert.ok(Math.abs(right!.y - left!.y) < 10, 'beside them where it is wide');
			await editor.done();
		});

		it('has the sample of the session, not of the node, and tells what the filter does', async () => {
			const item = await openBuffer('temps');
			await shows(cells(item).first(), '= "f3a1"');
			assert.ok(await item.locator('.sluice-key-mark').first().isChecked());
			await item.locator('.sluice-fold-head').click();
			const condition = item.locator('.sluice-fold-body .sluice-template');
			await condition.fill('Body("data.temperature.value") > 30');
			await shows(item.locator('.sluice-sample-said'), 'Left out by the filter.');
			await condition.fill('Body("data.temperature.value")');
			await shows(item.locator('.sluice-sample-said'), /The filter fails: .*gives a number/);
			await condition.fill('');
			await item.getByLabel('Sample event').fill(JSON.stringify([EVENT, { device: { id: 2 } }]));
			await shows(item.locator('.sluice-sample-step'), '1 of 2');
			await item.getByRole('button', { name: 'Next event' }).click();
			await shows(cells(item).first(), '= 2');
			await editor.screenshot('sample-several');
			// Another page of the dialog decides over it, too.
			await editor.turnTo('requests');
			await editor.page.locator('#node-input-split').selectOption('one');
			// Longer than it waits for the next key: it looks when it is seen again.
			await editor.page.waitForTimeout(600);
			await editor.turnTo('receiver');
			await shows(cells(item).first(), 'path "device.id" not found');
			// As does what stands above it: this sender splits its requests.
			await editor.page.locator('#sluice-sender').selectOption('event-grid');
			await shows(item.locator('.sluice-sample-step'), '2 of 2');
			await editor.cancelDialogs();
			assert.ok(!JSON.stringify(await nodeRed.readFlows()).includes('f3a1'));
		});

		it('tries the columns as they are typed with what waits, before they are deployed', async () => {
			const item = await openBuffer('whole');
			await item.locator('.sluice-data').selectOption('columns');
			await item.locator('.sluice-columns .sluice-name').fill('device');
			await item.locator('.sluice-columns .sluice-path').fill('device.id');
			await item.locator('.sluice-dry-run summary').first().click();
			await item.getByRole('button', { name: 'Dry run' }).click();
			await shows(item.locator('.sluice-dry-run'), /2 events: 2 would be rows/);
			await shows(item.locator('.sluice-diff-added'), /device\s*new/);
			await editor.settled();
			await item.locator('.sluice-dry-run').scrollIntoViewIfNeeded();
			await editor.screenshot('sample-dry-run');
			await editor.cancelDialogs();
		});

		it('copies a buffer, and says how many events one leaves behind that is removed, and puts it back', async () => {
			const item = await openBuffer('temps');
			const list = editor.page.locator('.sluice-buffers > li');
			await item.getByRole('button', { name: 'Copy' }).click();
			assert.equal(await list.count(), 3);
			const copied = list.nth(2);
			assert.deepEqual(
				await copied
					.locator('.sluice-columns .sluice-name')
					.evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value)),
				['device', 'temp'],
			);
			const label = await copied.locator('.sluice-label').inputValue();
			assert.ok(label !== '' && label !== 'temps');
			await list.nth(1).locator('.red-ui-editableList-item-remove').click();
			const said = editor.page.locator('.sluice-removed');
			await shows(said, '"whole" goes with the next deploy, and leaves 2 events behind');
			await editor.screenshot('sample-removed');
			await said.getByRole('button', { name: 'Put back' }).click();
			assert.equal(await list.count(), 3);
			assert.equal(await said.count(), 0);
			await editor.page.waitForFunction(
				() =>
					document.querySelector<HTMLInputElement>('#node-input-outputs')?.value ===
					'{"0":0,"1":2,"100001":1}',
			);
			await editor.cancelDialogs();
		});

		it('works for messages, and says so where the server cannot be asked', async () => {
			await editor.openDialog('queue');
			const dialog = editor.page.locator('#dialog-form');
			await dialog.getByLabel('Sample event').fill('{"data": {"v": 12345678901234567890}}');
			// As a message has it: its numbers are JavaScript's.
			await shows(dialog.locator('.sluice-fields .sluice-cell'), '= 12345678901234567000');
			assert.equal(await dialog.locator('.sluice-sample-headers').count(), 0);
			await editor.screenshot('sample-messages');
			await editor.page.route('**/sluice/sample', (route) => route.abort());
			await dialog.getByLabel('Sample event').fill('{"data": {"v": 1}}');
			await shows(dialog.locator('.sluice-sample-said'), /did not answer/);
			await editor.page.unroute('**/sluice/sample');
			editor.problems.length = 0;
			await editor.cancelDialogs();
		});

		it('shows the row of a message where it is forwarded, as its filter on another page has it', async () => {
			const id = await editor.drop('sluice-forward', 300, 400);
			await editor.openDialog(id);
			await editor.turnTo('request');
			await editor.page.locator('#node-input-send').selectOption('row');
			const panel = editor.page.locator('.sluice-sample');
			await panel.getByLabel('Sample event').fill('{"t": 3}');
			await shows(panel.locator('.sluice-sample-gets'), /The row\s*{\s*"t": 3/);
			await editor.page.locator('#node-input-send').selectOption('batch');
			await editor.page.locator('.sluice-data').selectOption('fields');
			await editor.page.locator('.sluice-fields .sluice-name').fill('value');
			await editor.page.locator('.sluice-fields .sluice-path').fill('t');
			await editor.page.locator('#node-input-format').selectOption('csv');
			await shows(panel.locator('.sluice-sample-gets'), /has the body\s*value\s*3/);
			await editor.turnTo('filter');
			await editor.page.locator('#sluice-forward-filter .sluice-template').fill('Body("t") > 5');
			await editor.turnTo('request');
			await shows(panel.locator('.sluice-sample-said'), 'Left out by the filter.');
			await editor.screenshot('sample-forward');
			await editor.cancelDialogs();
		});

		it('shows the cells of a message that is loaded into a table', async () => {
			await editor.openDialog(await editor.drop('sluice-table', 300, 500));
			await editor.turnTo('columns');
			await editor.page.locator('.sluice-data').selectOption('fields');
			await editor.page.locator('.sluice-fields .sluice-name').fill('value');
			await editor.page.locator('.sluice-fields .sluice-path').fill('t');
			const panel = editor.page.locator('.sluice-sample');
			await panel.getByLabel('Sample event').fill('{"t": "a,b"}');
			await shows(editor.page.locator('.sluice-fields .sluice-cell'), '= "a,b"');
			await shows(panel.locator('.sluice-sample-gets'), /cells of the table.*\s*value\s*"a,b"/);
			await editor.settled();
			await editor.screenshot('sample-table');
			await editor.cancelDialogs();
		});

		it('nothing went wrong in the page', () => {
			assert.deepEqual(editor.problems, []);
		});
	});
}

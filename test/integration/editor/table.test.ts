import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { startNodeRed, type NodeRed } from './node-red';

const NODE = { z: 'tab0', configVersion: 1, wires: [[]] };
const BUFFER = { count: 100, time: '5s', size: '5MB', done: 'auto', onMappingError: 'reject' };
const COLUMNS = [
	{ type: 'path', name: 'device', path: 'device', primaryKey: true },
	{ type: 'path', name: 'temperature', path: 'temperature' },
];
const FLOW: object[] = [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	{ id: 'db', type: 'sluice-database', name: 'my tables', kind: 'sqlite', configVersion: 1 },
	{
		...NODE,
		...{ id: 'r', type: 'sluice-receiver', x: 120, y: 120, name: 'readings', path: '/r' },
		auth: [{ kind: 'none' }],
		outputs: 2,
		buffers: [
			{ ...BUFFER, id: 'a', label: 'latest', data: 'columns', columns: COLUMNS, order: 'any' },
			{ ...BUFFER, id: 'b', label: 'whole', data: 'event' },
		],
		wires: [['t'], ['t']],
	},
	{
		...NODE,
		...{ id: 't', type: 'sluice-table', x: 340, y: 120, name: 'latest', database: 'db' },
		...{ table: 'latest', data: 'batch', fields: [], columns: [] },
		columnTypes: [{ name: 'temperature', type: 'number' }],
	},
	{
		...NODE,
		...{ id: 'f', type: 'sluice-file', x: 340, y: 200, name: 'copy', directory: '.' },
	},
];

for (const theme of ['light', 'dark'] satisfies Theme[]) {
	describe(`the dialogs of tables and files, in the ${theme} theme`, function () {
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
		afterEach(async () => {
			const config = page().locator('#node-config-dialog-cancel:visible');
			if (await config.isVisible()) await config.click();
			await editor.cancelDialogs();
		});

		const page = () => editor.page;
		const statement = (part: string) =>
			page().locator('#sluice-table-ddl pre', { hasText: part }).waitFor();

		it('shows the columns of the buffers, their types and key, and how the table is made', async () => {
			await editor.openDialog('t');
			await editor.screenshot('table');
			await editor.turnTo('columns');
			await statement('"temperature" NUMERIC');
			await statement('PRIMARY KEY ("device")');
			const words = await page().locator('#sluice-page-columns').innerText();
			assert.match(words, /"latest" is not in order/);
			assert.match(words, /"whole" sends whole events/);
			assert.match(words, /Key of the buffer.*device/);
			await editor.screenshot('table-columns');
			await page().getByLabel('Type of device').selectOption('json');
			await statement('"device" TEXT NOT NULL');
			await page().getByLabel('temperature is part of the primary key').check();
			await statement('PRIMARY KEY ("temperature")');
			await editor.done();
			const { columnTypes, primaryKey } = await saved('t');
			assert.deepEqual(columnTypes, [
				{ name: 'device', type: 'json' },
				{ name: 'temperature', type: 'number' },
			]);
			assert.deepEqual(primaryKey, ['temperature']);
		});

		it('has columns of its own that a person picks, and says what is wrong with them', async () => {
			await editor.openDialog('t');
			await editor.turnTo('columns');
			await page().locator('.sluice-data').selectOption('fields');
			await statement('fields');
			await editor.fill(page().locator('.sluice-fields .sluice-name'), 'room');
			await statement('"room" TEXT');
			await editor.screenshot('table-fields');
			await editor.turnTo('table');
			await editor.fill(page().locator('#node-input-table'), 'in.');
			await editor.expectWrong(page().locator('#node-input-table'), true);
			await editor.fill(page().locator('#node-input-timeoutSeconds'), '0');
			await editor.expectWrong(page().locator('#node-input-timeoutSeconds'), true);
			await editor.screenshot('table-wrong');
		});

		it('tests what is deployed, and tells of rows without columns', async () => {
			await editor.openDialog('t');
			await editor.turnTo('test');
			await page().locator('#sluice-page-test').getByRole('button', { name: 'Test' }).click();
			await page().locator('.sluice-tested .sluice-warning').waitFor();
			await editor.screenshot('table-test');
		});

		it('takes a file without more than a directory', async () => {
			await editor.openDialog('f');
			await editor.screenshot('file');
			await editor.fill(page().locator('#node-input-fileName'), 'no-number');
			await editor.expectWrong(page().locator('#node-input-fileName'), true);
			await editor.fill(page().locator('#node-input-directory'), '');
			await editor.expectWrong(page().locator('#node-input-directory'), true);
			await editor.turnTo('rows');
			await editor.screenshot('file-rows');
		});

		it('has a database that needs nothing but a name, and tests it', async () => {
			await editor.openDialog('t');
			await page()
				.locator('#node-input-lookup-database, #node-input-btn-database-edit')
				.first()
				.click();
			await page().locator('#node-config-input-kind').waitFor();
			await page().getByRole('button', { name: 'Test' }).last().click();
			await page().locator('.sluice-tested-well', { hasText: 'tables can be made' }).waitFor();
			await editor.screenshot('database');
			await page().locator('#node-config-input-kind').selectOption('postgres');
			await editor.fill(page().locator('#node-config-input-schemas'), 'pg_catalog');
			await editor.expectWrong(page().locator('#node-config-input-schemas'), true);
			await editor.screenshot('database-postgres');
		});

		const saved = (id: string): Promise<Record<string, unknown>> =>
			page().evaluate((one) => {
				const { RED } = globalThis as unknown as {
					RED: { nodes: { node(id: string): Record<string, unknown> } };
				};
				const { columnTypes, primaryKey } = RED.nodes.node(one);
				return { columnTypes, primaryKey };
			}, id);
	});
}

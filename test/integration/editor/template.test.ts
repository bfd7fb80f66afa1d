import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { ensureNodeRed4 } from '../../../scripts/host/node-red-4';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { startNodeRed, type NodeRed } from './node-red';

declare const monaco: {
	editor: {
		getModelMarkers(filter: { owner: string }): {
			message: string;
			startLineNumber: number;
			startColumn: number;
			endColumn: number;
		}[];
	};
};

const WRONG = '{\n  user: Boby("user.name"),\n}';
const RIGHT = '{\n  user: Body("user.name"),\n}';

const columns = (content: string) => [
	{ type: 'template', name: 'summary', template: { language: 'jsonnet', content } },
];
const conditions = { count: 1, time: '5s', size: '5MB', done: 'auto', ackTimeoutSeconds: 600 };
const node = (id: string, y: number, template: string) => ({
	id,
	type: 'sluice-map',
	z: 'tab0',
	name: id,
	x: 200,
	y,
	data: 'columns',
	fields: [],
	columns: columns(template),
	each: false,
	configVersion: 1,
	wires: [[]],
});
const FLOW = [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	node('right', 80, RIGHT),
	node('wrong', 160, '1 "<b>"'),
	{
		id: 'inbox',
		type: 'sluice-receiver',
		z: 'tab0',
		name: 'inbox',
		x: 200,
		y: 240,
		path: '/in',
		auth: [{ kind: 'none' }],
		maxBodyBytes: 1024,
		buffers: [
			{ id: 'b1', label: 'right', data: 'columns', columns: columns(RIGHT), ...conditions },
			{ id: 'b2', label: 'wrong', data: 'columns', columns: columns(WRONG), ...conditions },
		],
		outputs: 2,
		configVersion: 1,
		wires: [[], []],
	},
];

const hosts: { name: string; theme: Theme; isOldest?: boolean }[] = [
	{ name: 'Node-RED 5, light', theme: 'light' },
	{ name: 'Node-RED 5, dark', theme: 'dark' },
	{ name: 'Node-RED 4.1, light', theme: 'light', isOldest: true },
];
for (const { name, theme, isOldest } of hosts) {
	describe(`a wrong template is told in the dialog: ${name}`, function () {
		prepareBrowserSuite(this, () => editor);
		let nodeRed: NodeRed;
		let browser: Browser;
		let editor: EditorPage;

		before(async function () {
			const executablePath = readyForBrowser(this);
			nodeRed = await startNodeRed(
				PACKAGE,
				FLOW,
				isOldest ? { redScript: await ensureNodeRed4() } : {},
			);
			browser = await launchChromium(executablePath);
			editor = await EditorPage.open(browser, nodeRed.url, theme);
		});

		after(async () => {
			await browser?.close();
			await nodeRed?.close();
		});

		const template = () => editor.page.locator('.sluice-template:visible');
		const fault = () => editor.page.locator('.sluice-fault:visible');
		const shot = (what: string) => editor.screenshot(`${isOldest ? '4.1-' : ''}${what}`);
		const expectValid = (id: string, isValid: boolean) =>
			editor.page.waitForFunction(
				([wanted, expected]) =>
					(
						globalThis as never as { RED: { nodes: { node(id: string): { valid: boolean } } } }
					).RED.nodes.node(wanted).valid === expected,
				[id, isValid] as const,
			);

		it('a template of a loaded flow is checked, and what it says is no HTML', async () => {
			await expectValid('wrong', false);
			const { validationErrors } = await editor.state('wrong');
			const [error = ''] = validationErrors ?? [];
			assert.match(error, /^Template, line 1, column 3: Unexpected string ".*‹b>" /);
			assert.equal((await editor.state('right')).valid, true);
		});

		it('a buffer that is not opened is named where its template is wrong', async () => {
			await expectValid('inbox', false);
			const { validationErrors } = await editor.state('inbox');
			assert.deepEqual(validationErrors, [
				'Buffer "wrong": Template, line 2, column 9: Unknown variable: Boby. Did you mean Body?',
			]);
			await editor.openDialog('inbox');
			const heads = editor.page.locator('.sluice-buffer-head');
			await editor.page.locator('.sluice-buffer-head.sluice-wrong').waitFor();
			assert.equal(await heads.count(), 2);
			assert.match((await heads.nth(1).getAttribute('class')) ?? '', /sluice-wrong/);
			await heads.nth(1).click();
			await fault().waitFor();
			await template().fill(RIGHT);
			await editor.page.locator('.sluice-buffer-head.sluice-wrong').waitFor({ state: 'detached' });
			await editor.done();
			await expectValid('inbox', true);
		});

		it('shows the message with line and column while one types, and takes it away again', async () => {
			await editor.openDialog('right');
			await fault().waitFor({ state: 'hidden' });
			await template().fill(WRONG);
			await fault().waitFor();
			const words = 'Template, line 2, column 9: Unknown variable: Boby. Did you mean Body?';
			assert.equal(await fault().innerText(), words);
			await editor.expectWrong(template(), true);
			assert.equal(await editor.message(template()), words);
			await shot('template-wrong');
			await template().fill(RIGHT);
			await fault().waitFor({ state: 'hidden' });
			await editor.expectWrong(template(), false);
			await editor.done();
			assert.equal((await editor.state('right')).valid, true);
		});

		it('the large editor underlines the place', async () => {
			await editor.openDialog('right');
			await template().fill(WRONG);
			await editor.page.locator('.sluice-expand:visible').click();
			await editor.page.locator('.node-text-editor .view-lines').waitFor();
			await editor.page.locator('.node-text-editor .squiggly-error').first().waitFor();
			await editor.settled();
			const markers = await editor.page.evaluate(() =>
				monaco.editor
					.getModelMarkers({ owner: 'sluice' })
					.map((each) => [each.message, each.startLineNumber, each.startColumn, each.endColumn]),
			);
			assert.deepEqual(markers, [['Unknown variable: Boby. Did you mean Body?', 2, 9, 13]]);
			await shot('template-large');
			// Pressed there, since a tray that has just opened may not have the focus yet.
			await editor.page.locator('.node-text-editor .view-lines').click();
			await editor.page.keyboard.press('Control+a');
			await editor.page.keyboard.type('Body("user.name")');
			await editor.page.locator('.node-text-editor .squiggly-error').waitFor({ state: 'detached' });
			await editor.page.locator('.red-ui-tray').last().locator('#node-dialog-ok').click();
			await editor.settled();
			assert.equal(await template().inputValue(), 'Body("user.name")');
			await editor.done();
		});

		it('a dialog closed before the answer came makes the node invalid, and can still be deployed', async () => {
			await editor.openDialog('right');
			await template().fill('{ a: 1, a: 2 }');
			await editor.done();
			await expectValid('right', false);
			const { validationErrors } = await editor.state('right');
			assert.deepEqual(validationErrors, ['Template, line 1, column 9: Duplicate field: a']);
			await editor.deploy();
			await editor.openDialog('right');
			await fault().waitFor();
			await template().fill(RIGHT);
			await editor.done();
			await expectValid('right', true);
		});

		it('nothing is refused while the server cannot be asked', async () => {
			await editor.page.route('**/sluice/template', (route) => route.abort());
			await editor.openDialog('right');
			const asked = editor.page.waitForEvent('requestfailed');
			await template().fill('{ b: Nobody() }');
			await asked;
			await editor.expectWrong(template(), false);
			await editor.done();
			assert.equal((await editor.state('right')).valid, true);
			await editor.page.unroute('**/sluice/template');
		});
	});
}

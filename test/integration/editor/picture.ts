// Takes docs/images/node-red-editor.png: `tsx test/integration/editor/picture.ts [light|dark] [file]`, after a build.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { EditorPage, findChromium, launchChromium } from './editor-page';
import { startNodeRed } from './node-red';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const [theme = 'light', file = path.join(ROOT, 'docs/images/node-red-editor.png')] =
	process.argv.slice(2);

declare const RED: { actions: { invoke(action: string): void } };

const buffer = {
	data: 'event',
	fields: [],
	columns: [],
	count: 100,
	time: '5s',
	size: '5MB',
	done: 'auto',
	ackTimeoutSeconds: 600,
	retryDelays: '5s, 5m, 30m, 2h, 5h, 10h, 10h',
	onMappingError: 'reject',
};
const FLOW = [
	{ id: 'tab0', type: 'tab', label: 'Orders' },
	{
		id: 'f1a2b3c4d5e6f708',
		type: 'sluice-receiver',
		z: 'tab0',
		x: 120,
		y: 140,
		name: 'shop events',
		path: '/shop',
		auth: [{ kind: 'url-secret' }],
		secret: '',
		maxBodyBytes: 1048576,
		store: '',
		buffers: [
			{ ...buffer, id: 'a1', label: 'orders' },
			{
				...buffer,
				id: 'a2',
				label: 'alarms',
				data: 'fields',
				fields: [
					{ name: 'device', path: 'event.targetName' },
					{ name: 'value', path: 'event.data.value' },
				],
				count: 1,
			},
		],
		outputs: 2,
		configVersion: 1,
		wires: [['w1'], ['m1']],
	},
	{
		id: 'w1',
		type: 'sluice-forward',
		z: 'tab0',
		x: 340,
		y: 100,
		name: 'to warehouse',
		url: 'https://warehouse.example/in',
		secret: '',
		signatures: [],
		headers: [],
		timeoutSeconds: 10,
		retryDelays: '5s, 5m, 30m, 2h, 5h, 10h, 10h',
		allowedCidrs: '',
		store: '',
		configVersion: 1,
		wires: [[]],
	},
	{
		id: 'm1',
		type: 'function',
		z: 'tab0',
		x: 330,
		y: 180,
		name: 'call operator',
		func: 'return msg;',
		outputs: 1,
		wires: [['k1']],
	},
	{
		id: 'k1',
		type: 'sluice-ack',
		z: 'tab0',
		x: 505,
		y: 180,
		name: '',
		mode: 'auto',
		configVersion: 1,
		wires: [[]],
	},
];

async function takePicture(): Promise<void> {
	const executablePath = findChromium();
	if (executablePath === undefined) throw new Error('Chromium is missing; set CHROMIUM_PATH');
	const packageDir = process.env['SLUICE_PACKAGE'] ?? ROOT;
	const nodeRed = await startNodeRed(packageDir, FLOW);
	const browser = await launchChromium(executablePath);
	try {
		const editor = await EditorPage.open(browser, nodeRed.url, theme === 'dark' ? 'dark' : 'light');
		const { page } = editor;
		await page.setViewportSize({ width: 1500, height: 960 });
		await page.locator('#red-ui-palette-search input').pressSequentially('sluice');
		await page.evaluate(() => RED.actions.invoke('core:toggle-sidebar'));
		await editor.settled();
		await editor.openDialog('f1a2b3c4d5e6f708');
		const secret = randomBytes(40)
			.toString('base64')
			.replace(/[^0-9A-Za-z]/g, '')
			.slice(0, 48);
		await editor.fill(page.locator('#node-input-urlSecret'), secret);
		await page.locator('.sluice-buffer-head').nth(1).click();
		await page.evaluate(
			([from]) => {
				const shown = document.querySelectorAll('#sluice-address-url, #sluice-address-curl');
				for (const code of shown) {
					code.textContent = (code.textContent ?? '').replace(from, 'https://flows.example/');
				}
			},
			[nodeRed.url] as const,
		);
		await page.mouse.move(2, 2);
		await page.screenshot({ path: file });
	} finally {
		await browser.close();
		await nodeRed.close();
	}
}

void takePicture();

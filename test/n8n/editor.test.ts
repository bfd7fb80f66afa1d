import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { OWNER } from '../../scripts/host/n8n-host';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { findChromium, launchChromium } from '../integration/editor/editor-page';
import { aSluice, aTrigger } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { skipWithout } from '../support/skip';

/** Whatever can ask for a credential, asking. */
const ASKING = { signWith: 'hmac', forwardAuth: 'header', provideSslCertificates: true };
const PICKERS = ['Secret to Sign and Verify', 'Header Auth to Forward With', 'SSL Certificates'];

describe("Sluice in n8n's editor", function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let browser: Browser | undefined;
	let page: Page;

	before(async function () {
		const chromium = findChromium();
		if (!chromium) return skipWithout(this, 'chromium');
		world = await sharedN8n();
		browser = await launchChromium(chromium);
		const context = await browser.newContext({ viewport: { width: 1440, height: 2_400 } });
		await context.request.post(`${world.url}/rest/login`, {
			data: { emailOrLdapLoginId: OWNER.email, password: OWNER.password },
		});
		page = await context.newPage();
	});
	after(() => browser?.close());

	/** Labels of the parameters and of the choices of credentials, from top to bottom. */
	const labels = async (node: N8nNode): Promise<string[]> => {
		const id = await world.save('dialog', [node], {});
		await page.goto(`${world.url}/workflow/${id}`);
		await page.locator('[data-test-id="canvas-node"]').first().dblclick({ timeout: 60_000 });
		const dialog = page.locator('[data-test-id="node-parameters"], .ndv-wrapper').first();
		await dialog.getByText('Forward With', { exact: true }).first().waitFor({ timeout: 30_000 });
		return (await dialog.innerText()).split('\n').map((line) => line.trim());
	};
	/** Those of them that are there, in the order in which they are. */
	const among = (shown: readonly string[], wanted: readonly string[]): string[] =>
		shown.filter((label) => wanted.includes(label));

	it('shows what asks for a credential together, and the choice of credentials right below (Trigger)', async () => {
		const trigger = aTrigger({ then: 'http', url: 'https://example.com/', ...ASKING });
		const order = ['URL', 'Sign Requests', 'Forward With', 'SSL Certificates'];
		assert.deepEqual(
			among(await labels(trigger), [
				...['Several Buffers', 'Buffer Name', 'Store', 'Options', 'Proxy Authentication'],
				...order,
				...PICKERS,
			]),
			[
				...['Several Buffers', 'Buffer Name', ...order, 'Proxy Authentication'],
				...PICKERS,
				...['Store', 'Options'],
			],
		);
	});

	it('shows the choice of credentials beside what asks for them (Item → Forward to URL)', async () => {
		const sluice = aSluice({
			resource: 'item',
			operation: 'forward',
			url: 'https://a.example',
			...ASKING,
		});
		const order = ['URL', 'Sign Requests', 'Forward With', 'SSL Certificates'];
		assert.deepEqual(
			among(await labels(sluice), [...order, ...PICKERS, 'Proxy Authentication', 'Options']),
			[...order, ...PICKERS, 'Proxy Authentication', 'Options'],
		);
	});
});

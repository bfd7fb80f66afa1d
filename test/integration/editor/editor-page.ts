import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SCREENSHOTS = path.join(ROOT, '.cache/screenshots');
const CANDIDATES = [
	process.env['CHROMIUM_PATH'] ?? '',
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
];

export type Theme = 'light' | 'dark';

/** No wait is shorter: on a machine that is busy with something else all of the editor takes its time. */
const PAGE_TIMEOUT_MS = 60_000;
/** After this time without effect a click or a hover counts as lost and is done again. */
const EFFECT_MS = 12_000;

/** What the tests ask of the editor's own global. */
interface EditorNodeState {
	readonly id: string;
	readonly outputs?: number;
	readonly valid?: boolean;
	readonly validationErrors?: readonly string[];
	readonly changed?: boolean;
	readonly schemaFields?: readonly object[];
	readonly credentials?: Record<string, string>;
}
declare const RED: {
	nodes: {
		getType(type: string): unknown;
		getNodeHelp(type: string): string | undefined;
		filterNodes(filter: { type: string }): EditorNodeState[];
		node(id: string): EditorNodeState;
		dirty(): boolean;
		addLink(link: object): void;
		eachLink(visit: (link: { source: { id: string }; sourcePort: number }) => void): void;
	};
	view: { redraw(): void; select(selection: object): void };
};

/** Where Chromium is, if this machine has one. */
export function findChromium(): string | undefined {
	return CANDIDATES.find((candidate) => candidate !== '' && existsSync(candidate));
}

export function launchChromium(executablePath: string): Promise<Browser> {
	return chromium.launch({
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** Node-RED's editor in a browser, by the selectors of R78. */
export class EditorPage {
	/** Everything the page complained about. */
	readonly problems: string[] = [];
	readonly page: Page;
	private readonly theme: Theme;

	private constructor(page: Page, theme: Theme) {
		this.page = page;
		this.theme = theme;
		page.on('pageerror', (error) => this.problems.push(String(error)));
		page.on('console', (message) => {
			const isProblem = message.type() === 'error' || message.text().startsWith('Definition error');
			if (isProblem) this.problems.push(`${message.text()} ${message.location().url}`);
		});
	}

	static async open(browser: Browser, url: string, theme: Theme): Promise<EditorPage> {
		const context = await browser.newContext({
			viewport: { width: 1440, height: 1000 },
			locale: 'en-US',
			colorScheme: theme,
		});
		await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
			origin: new URL(url).origin,
		});
		const page = await context.newPage();
		page.setDefaultTimeout(PAGE_TIMEOUT_MS);
		const editor = new EditorPage(page, theme);
		await page.addInitScript((chosen) => {
			localStorage.setItem('view-dark-theme', JSON.stringify(chosen));
		}, theme);
		await page.goto(url);
		await editor.ready();
		return editor;
	}

	/** The palette is there after all types are, and the loader is gone after the flows are. */
	async ready(): Promise<void> {
		await this.page.waitForFunction(() => Boolean(RED.nodes.getType('sluice-verify')));
		await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
		await this.page.locator('.red-ui-palette-node').first().waitFor();
	}

	/** Drags a node from the palette to a place of the flow; returns its id. */
	async drop(type: string, x: number, y: number): Promise<string> {
		const before = await this.ids(type);
		const source = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
		// Waits until it stands still; the palette is built and unfolded while the page is already there.
		await source.hover();
		const from = await source.boundingBox();
		const chart = await this.page.locator('#red-ui-workspace-chart').boundingBox();
		if (!from || !chart) throw new Error(`${type} cannot be dragged`);
		const { mouse } = this.page;
		await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
		await mouse.down();
		await mouse.move(chart.x + x - 30, chart.y + y - 10, { steps: 6 });
		await mouse.move(chart.x + x, chart.y + y, { steps: 3 });
		await mouse.up();
		const added = await this.page.waitForFunction(
			([wanted, known]) =>
				RED.nodes.filterNodes({ type: wanted }).find(({ id }) => !known.includes(id))?.id,
			[type, before] as const,
		);
		return (await added.jsonValue())!;
	}

	ids(type: string): Promise<string[]> {
		return this.page.evaluate(
			(wanted) => RED.nodes.filterNodes({ type: wanted }).map(({ id }) => id),
			type,
		);
	}

	async openDialog(id: string): Promise<void> {
		await this.repeat(this.page.locator('#node-dialog-ok').first(), async () => {
			const { x, y } = await this.middleOf(id);
			// Node-RED takes two clicks in the same millisecond for one, and two that are far apart for two.
			await this.page.mouse.dblclick(x, y, { delay: 30 });
		});
		await this.settled();
		const words = await this.page.locator('#dialog-form').innerText();
		const key = /sluice-[a-z]+[.:][a-z]+\S*/.exec(words);
		if (key) throw new Error(`the dialog shows the key of a text: ${key[0]}`);
	}

	/** Does something until it shows. */
	private async repeat(effect: Locator, action: () => Promise<void>): Promise<void> {
		for (let attempt = 1; attempt * EFFECT_MS < PAGE_TIMEOUT_MS; attempt++) {
			await action();
			if (await this.shows(effect)) return;
		}
		await action();
		await effect.waitFor();
	}

	private shows(effect: Locator): Promise<boolean> {
		return effect.waitFor({ timeout: EFFECT_MS }).then(
			() => true,
			() => false,
		);
	}

	/** Closes what a test that failed has left open, so that another try begins as the first did. */
	async cancelDialogs(): Promise<void> {
		const trays = this.page.locator('.red-ui-tray');
		for (let open = await trays.count(); open > 0; open--) {
			await trays.last().locator('button[id$="dialog-cancel"]').click();
			await this.page.waitForFunction(
				(left) => document.querySelectorAll('.red-ui-tray').length < left,
				open,
			);
		}
	}

	/** The help of a node type, as text. */
	help(type: string): Promise<string> {
		return this.page.evaluate((wanted) => RED.nodes.getNodeHelp(wanted) ?? '', type);
	}

	/** Where a node can be clicked; the middle of all of it may lie beside it once it shows a status. */
	async middleOf(id: string): Promise<{ x: number; y: number }> {
		const box = await this.page.locator(`[id="${id}"] rect.red-ui-flow-node`).first().boundingBox();
		if (!box) throw new Error(`node ${id} is not drawn`);
		return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
	}

	async done(): Promise<void> {
		await this.page.locator('#node-dialog-ok').click();
		await this.page.locator('#dialog-form').waitFor({ state: 'detached' });
		await this.settled();
	}

	/** Trays slide; a picture or a click in between hits the wrong place. */
	async settled(): Promise<void> {
		await this.page.waitForFunction(() => {
			const trays = [...document.querySelectorAll('.red-ui-tray')];
			const slides = trays.flatMap((tray) => tray.getAnimations());
			return slides.every(({ playState }) => playState === 'finished');
		});
		await this.page.waitForTimeout(100);
	}

	/** Unfolds what can be seen and is folded. */
	async openOptions(): Promise<void> {
		const heads = this.page.locator(
			'#dialog-form .sluice-fold-head[aria-expanded="false"]:visible',
		);
		while ((await heads.count()) > 0) await heads.first().click();
	}

	/** Turns to a page of a dialog that has several. */
	async turnTo(page: string): Promise<void> {
		const content = this.page.locator(`#sluice-page-${page}`);
		if (await content.isVisible()) return;
		await this.page.locator(`#sluice-tabs a[href="#sluice-page-${page}"]`).click();
		await content.waitFor();
		// A tab under the mouse says its name, as a field says what is wrong.
		await this.page.mouse.move(2, 2);
		await this.page.locator('.red-ui-popover:visible').waitFor({ state: 'hidden' });
	}

	/** Turns to the page that a field is on, where the dialog has pages. */
	async turnToPageOf(field: Locator): Promise<void> {
		const id = await field.evaluate((one) => one.closest('[role="tabpanel"]')?.id);
		if (id !== undefined) await this.turnTo(id.replace('sluice-page-', ''));
	}

	/** Types a value and leaves the field; only then Node-RED checks it (R43). */
	async fill(field: Locator, value: string): Promise<void> {
		await field.fill(value);
		await field.press('Tab');
	}

	/** Waits until a field is marked as wrong, or no longer is: Node-RED validates after the event, on a busy machine well after. */
	async expectWrong(field: Locator, isWrong: boolean): Promise<void> {
		const handle = await field.elementHandle();
		await this.page.waitForFunction(
			([element, expected]) => element?.classList.contains('input-error') === expected,
			[handle as unknown as HTMLElement | null, isWrong] as const,
		);
	}

	/** The state of a node in the editor, deployed or not. */
	state(id: string): Promise<EditorNodeState> {
		return this.page.evaluate((wanted) => {
			const { outputs, valid, validationErrors, changed, credentials, schemaFields } =
				RED.nodes.node(wanted);
			const state = { outputs, valid, validationErrors, changed, credentials, schemaFields };
			return JSON.parse(JSON.stringify({ id: wanted, ...state })) as EditorNodeState;
		}, id);
	}

	connect(from: string, output: number, to: string): Promise<void> {
		return this.page.evaluate(
			([source, sourcePort, target]) => {
				RED.nodes.addLink({
					source: RED.nodes.node(source),
					sourcePort,
					target: RED.nodes.node(target),
				});
				RED.view.redraw();
			},
			[from, output, to] as const,
		);
	}

	/** The outputs of a node that have wires. */
	wiredOutputs(id: string): Promise<number[]> {
		return this.page.evaluate((wanted) => {
			const outputs: number[] = [];
			RED.nodes.eachLink((link) => {
				if (link.source.id === wanted) outputs.push(Number(link.sourcePort));
			});
			return outputs;
		}, id);
	}

	/** What the tooltip of a field says. */
	async message(field: Locator): Promise<string> {
		const tooltip = this.page.locator('.red-ui-popover:visible').last();
		await this.repeat(tooltip, async () => {
			await this.page.mouse.move(2, 2);
			await field.hover();
		});
		const words = await tooltip.innerText();
		await this.page.mouse.move(2, 2);
		await tooltip.waitFor({ state: 'hidden' });
		return words;
	}

	async deploy(): Promise<void> {
		const saved = this.page.waitForResponse(
			(response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
		);
		await this.page.locator('#red-ui-header-button-deploy').click();
		// Node-RED asks before it deploys what is not complete.
		const anyway = this.page.getByRole('button', { name: 'Confirm deploy' });
		// Not awaited: where all is complete it never comes.
		void anyway.click().catch(() => {});
		const response = await saved;
		if (!response.ok()) throw new Error(`deploy answered ${response.status()}`);
		await this.page.waitForFunction(() => !RED.nodes.dirty());
		// A shade lies over the page until the button is itself again.
		await this.page.locator('.red-ui-deploy-button-spinner').waitFor({ state: 'hidden' });
	}

	async screenshot(name: string): Promise<void> {
		await mkdir(SCREENSHOTS, { recursive: true });
		await this.page.screenshot({ path: path.join(SCREENSHOTS, `${this.theme}-${name}.png`) });
	}

	close(): Promise<void> {
		return this.page.context().close();
	}
}

import { element } from './red';

interface TabBar {
	addTab(tab: { id: string; label: string }): void;
	activateTab(id: string): void;
}

/**
 * Shows one page of a dialog at a time, by Node-RED's tabs. A page with a wrong value is marked:
 * a wrong value must not hide.
 *
 * @param bar an empty `<ul>`
 * @param pages whose children have ids
 * @param label of the page with such an id
 */
export function buildTabs(bar: JQuery, pages: JQuery, label: (id: string) => string): void {
	const all = pages.children().toArray();
	const tabs = RED.tabs.create({
		id: bar.attr('id') ?? '',
		onchange(tab: { id: string }) {
			pages.children().hide();
			$(`#${tab.id}`).show();
			RED.tray.resize();
		},
	}) as TabBar;
	for (const page of all) tabs.addTab({ id: page.id, label: label(page.id) });
	for (const page of all) watchPage(bar, page);
	const [first] = all;
	if (first) tabs.activateTab(first.id);
}

function watchPage(bar: JQuery, page: HTMLElement): void {
	const label = bar.find(`a[href="#${page.id}"]`);
	const sign = element('<i>', 'fa fa-exclamation-triangle sluice-tab-wrong').prependTo(label);
	const show = (): void => {
		const isWrong = page.querySelector('.input-error') !== null;
		sign.toggle(isWrong);
		label.attr('aria-invalid', String(isWrong));
	};
	new MutationObserver(show).observe(page, {
		subtree: true,
		childList: true,
		attributeFilter: ['class'],
	});
	show();
}

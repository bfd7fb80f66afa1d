import enUS from './locales/en-US.json';

const NAMESPACE = 'sluice-editor';

/** Makes the texts that several dialogs share known to Node-RED. A language more: its file, and a line here. */
export function addTexts(): void {
	i18next.addResourceBundle('en-US', NAMESPACE, enUS);
}

/**
 * A text of `locales/`, by its key; `__name__` in it is replaced. Node-RED shows messages of validators as HTML in some places,
 * and names and templates may come from an imported flow: no parameter can bring a tag.
 */
export function text(key: string, parameters: Record<string, unknown> = {}): string {
	const shown = Object.entries(parameters).map(([name, value]) => [
		name,
		typeof value === 'string' ? value.replaceAll('<', '‹') : value,
	]);
	return RED._(`${NAMESPACE}:${key}`, Object.fromEntries(shown) as Record<string, unknown>);
}

import enUS from './locales/en-US.json';

const NAMESPACE = 'sluice-editor';

/** Makes the texts that several dialogs share known to Node-RED. A language more: its file, and a line here. */
export function addTexts(): void {
	i18next.addResourceBundle('en-US', NAMESPACE, enUS);
}

/** A text of `locales/`, by its key; `__name__` in it is replaced. */
export function text(key: string, parameters: Record<string, unknown> = {}): string {
	return RED._(`${NAMESPACE}:${key}`, parameters);
}

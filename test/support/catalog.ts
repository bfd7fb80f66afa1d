import { readFileSync } from 'node:fs';
import type { Translate } from '../../node-red/runtime/summary-text';

const TEXTS: unknown = JSON.parse(
	readFileSync(new URL('../../node-red/runtime/locales/en-US.json', import.meta.url), 'utf8'),
);

/** The texts that nodes say at run time, as Node-RED finds them in their catalogs; throws for a key that is not there. */
export const translate: Translate = (key, parameters = {}) => {
	let found = TEXTS;
	for (const part of key.split('.')) found = (found as Record<string, unknown>)[part];
	if (typeof found !== 'string') throw new TypeError(`no text ${key}`);
	return found.replace(/__(\w+)__/g, (_, name: string) => String(parameters[name]));
};

import { ConfigError } from '../errors';
import { shorten } from '../message-text';
import { TEMPLATE_LENGTH } from '../pure/bounds';
import { grouped, isWhole } from '../pure/whole-number';
import type { Column } from './column';

/**
 * Without compiling it.
 *
 * @param path of the template
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function validateTemplate(template: Column['template'], path: string): void {
	if (!template) throw new ConfigError(path, 'a template', template);
	const language: string = template.language;
	if (language !== 'jsonnet') {
		const error = new ConfigError(`${path}.language`, '"jsonnet"', language);
		// The Keboola API shows this text to its clients (K85).
		error.message = `unsupported language ${JSON.stringify(shorten(String(language), 60))}, only "jsonnet" is supported`;
		throw error;
	}
	const length = typeof template.content === 'string' ? countPoints(template.content) : undefined;
	if (!isWhole(length, TEMPLATE_LENGTH)) {
		throw new ConfigError(
			`${path}.content`,
			`a template of ${TEMPLATE_LENGTH.min} to ${grouped(TEMPLATE_LENGTH.max)} characters`,
			length === undefined ? template.content : length,
		);
	}
}

/** A text that is far too long is not taken apart. */
function countPoints(text: string): number {
	return text.length > 2 * TEMPLATE_LENGTH.max ? text.length : Array.from(text).length;
}

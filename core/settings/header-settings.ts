import { ConfigError } from '../errors';
import { sameName, type SettingPath } from './setting-path';

/**
 * Headers as a dialog lists them become an object: a name that is there twice would lose a value without a word.
 *
 * @throws ConfigError naming the dialog's field
 */
export function checkHeaderNames(names: readonly string[], at: SettingPath = sameName): void {
	const known = new Set<string>();
	for (const [index, name] of names.entries()) {
		const key = name.trim().toLowerCase();
		if (known.has(key)) {
			const expected = 'a header that was not given yet';
			throw new ConfigError(`${at('headers')}[${index}].name`, expected, name);
		}
		known.add(key);
	}
}

import { ConfigError } from '../errors';

/** How the dialog of a host calls a setting, for messages: `flushCount` for `count`, `buffers[1].fields` for `fields`. */
export type SettingPath = (name: string) => string;

/** Of a dialog that calls it the same. */
export const sameName: SettingPath = (name) => name;

/**
 * Lets core check what a dialog has set, and names the dialog's field in what it says.
 *
 * @param places by their paths in core's configuration; of others the first name is the setting's
 * @throws ConfigError as `work`, by the dialog's name
 */
export function inDialog<T>(
	work: () => T,
	at: SettingPath,
	places: Readonly<Record<string, string>> = {},
): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		throw renamed(error, at, places);
	}
}

function renamed(
	error: ConfigError,
	at: SettingPath,
	places: Readonly<Record<string, string>>,
): ConfigError {
	const path = String(error.details['path']);
	const expected = String(error.details['expected']);
	const known = Object.keys(places)
		.filter(
			(place) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`),
		)
		.toSorted((a, b) => b.length - a.length)[0];
	const core = known ?? /^[^.[]*/.exec(path)?.[0] ?? '';
	const field = `${at(places[core] ?? core)}${path.slice(core.length)}`;
	const moved = new ConfigError(field, expected, undefined, {
		cause: error,
		details: { ...error.details, path: field },
	});
	// What was found there is described already.
	const { got } = error.details;
	if (got !== undefined) moved.message += `, got ${String(got)}`;
	return moved;
}

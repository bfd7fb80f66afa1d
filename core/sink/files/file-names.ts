/** What files are called: a template, which leads nowhere but below its directory, whatever stands in it. */
import { ConfigError } from '../../errors';
import { FILES } from '../../pure/bounds';
import { namePart } from '../file-name';

/** What a name may tell. Times are UTC, and of the beginning of the file. */
export const NAME_PLACES = ['receiver', 'export', 'label', 'date', 'time', 'number'] as const;

type NamePlace = (typeof NAME_PLACES)[number];

export interface NameFacts {
	readonly receiver: string;
	readonly export: string;
	readonly label: string;
	/** When the file was begun. */
	readonly beganAt: number;
	/** Of the files of an export, rising. */
	readonly number: number;
}

const PLACE = /\{([a-z]+)\}/g;
/** Beside the places; the first one is no dot, since that would hide the file. */
const LITERAL = /^[\p{L}\p{N}_-][\p{L}\p{N}_.-]*$/u;
const NUMBER_DIGITS = 6;

/** @throws ConfigError naming path and what is allowed */
export function validateNameTemplate(template: unknown, path: string): void {
	if (typeof template !== 'string' || template.length > FILES.nameLength.max) {
		throw new ConfigError(path, `a text of at most ${FILES.nameLength.max} characters`, template);
	}
	const places = [...template.matchAll(PLACE)].map(([, place = '']) => place);
	const unknown = places.find((place) => !NAME_PLACES.includes(place as NamePlace));
	if (unknown !== undefined) {
		const known = NAME_PLACES.map((place) => `{${place}}`).join(', ');
		throw new ConfigError(path, `no other places than ${known}`, unknown);
	}
	const names = template.split('/');
	if (!names.at(-1)?.includes('{number}')) {
		throw new ConfigError(
			path,
			'a name with {number} (behind the last "/"), by which files differ',
			template,
		);
	}
	// What stands in places is made of the same characters.
	if (!names.every((name) => LITERAL.test(name.replace(PLACE, 'a')))) {
		const expected =
			'letters, digits, "-", "_" and "." beside the places, and "/" between folders: none of them empty, and no dot first';
		throw new ConfigError(path, expected, template);
	}
}

/**
 * @param template validated
 * @returns without its ending; `/` is between folders
 */
export function fileName(template: string, facts: NameFacts): string {
	const [date = '', time = ''] = new Date(facts.beganAt).toISOString().split('T');
	const values: Readonly<Record<NamePlace, string>> = {
		receiver: namePart(facts.receiver),
		export: namePart(facts.export),
		label: namePart(facts.label),
		date: date.replaceAll('-', ''),
		time: time.slice(0, 8).replaceAll(':', ''),
		number: String(facts.number).padStart(NUMBER_DIGITS, '0'),
	};
	return template.replace(PLACE, (_, place: NamePlace) => values[place]);
}

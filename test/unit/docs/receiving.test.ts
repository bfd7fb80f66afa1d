import assert from 'node:assert/strict';
import { HANDSHAKE_KINDS } from '../../../core/pure/handshake-kinds';
import { asksOf } from '../../../core/settings/preset-fields';
import { PRESETS } from '../../../core/signature/presets/index';
import type { Place, Preset } from '../../../core/signature/presets/preset';
import { receivingPage, receivingRecipes } from '../../support/receiving-page';

describe('docs/receiving.md', () => {
	it('has the line of each way of each preset', () => {
		const lines = rowsOf('Presets');
		assert.deepEqual(lines, PRESETS.flatMap(linesOf));
	});

	it('has the line of each handshake', () => {
		const kinds = rowsOf('Handshakes').map((row) => /^\| `([a-z-]+)`/.exec(row)?.[1]);
		assert.deepEqual(kinds, [...HANDSHAKE_KINDS]);
	});

	it('has a recipe of each preset, in their order', () => {
		assert.deepEqual(
			receivingRecipes.map(({ name, id }) => ({ name, id })),
			PRESETS.map(({ name, id }) => ({ name, id })),
		);
	});
});

/** The lines of the table of a section. */
function rowsOf(section: string): string[] {
	const text = receivingPage.split('\n## ').find((one) => one.startsWith(`${section}\n`)) ?? '';
	const [_names, _line, ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
	return rows;
}

/** What the user has to say. */
const ASKED: Readonly<Record<string, string>> = {
	publicUrl: 'signs the address',
	topics: 'of its topics',
};

function linesOf(preset: Preset): string[] {
	return preset.ways.map((way, index) => {
		const { kind, ...fields } = way.scheme;
		const set = Object.entries(fields).map(([name, value]) => `${name} \`${value}\``);
		const asked = asksOf(way).map((name) => ASKED[name] ?? name);
		const cells = [
			index === 0 ? preset.name : `${preset.name}, ${index + 1}`,
			[`\`${kind}\``, ...set, ...asked].join(', '),
			placeText(preset.type),
			placeText(preset.eventId),
			way.verified ? 'yes' : 'not yet',
		];
		return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
	});
}

function placeText(place: Place | undefined): string {
	if (!place) return '';
	if ('path' in place) return `\`${place.path}\``;
	return 'header' in place ? `header \`${place.header}\`` : `parameter \`${place.query}\``;
}

import assert from 'node:assert/strict';
import { needsPublicUrl } from '../../../core/settings/preset-receiver';
import { PRESETS } from '../../../core/signature/presets/index';
import type { Place, Preset } from '../../../core/signature/presets/preset';
import { receivingPage, receivingRecipes } from '../../support/receiving-page';

describe('docs/receiving.md', () => {
	it('has the line of each way of each preset', () => {
		const lines = receivingPage.split('\n').filter((line) => /^\| (?!Sender|-)/.test(line));
		assert.deepEqual(lines, PRESETS.flatMap(linesOf));
	});

	it('has a recipe of each preset, in their order', () => {
		assert.deepEqual(
			receivingRecipes.map(({ name, id }) => ({ name, id })),
			PRESETS.map(({ name, id }) => ({ name, id })),
		);
	});
});

function linesOf(preset: Preset): string[] {
	return preset.ways.map((way, index) => {
		const { kind, ...fields } = way.scheme;
		const set = Object.entries(fields).map(([name, value]) => `${name} \`${value}\``);
		const url = needsPublicUrl(way) ? ['signs the address'] : [];
		const cells = [
			index === 0 ? preset.name : `${preset.name}, ${index + 1}`,
			[`\`${kind}\``, ...set, ...url].join(', '),
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

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';
import type { ExportInput } from '../../core/pipeline/parse-export';
import type { SinkConfig } from '../../core/sink/create-sink';

/** What a recipe of docs/forwarding.md sets. */
interface ForwardingRecipe {
	readonly name: string;
	readonly text: string;
	/** Of an HTTP sink. */
	readonly export?: Omit<ExportInput, 'id' | 'receiverId'>;
	readonly sink?: SinkConfig<'http'>;
	/** Of a flow of Node-RED. */
	readonly buffer?: Readonly<Record<string, unknown>>;
}

const page = readFileSync(path.join(ROOT, 'docs/forwarding.md'), 'utf8');
const [, recipes = ''] = page.split('\n## Recipes\n');

export const FORWARDING_RECIPES: readonly ForwardingRecipe[] = recipes
	.split('\n### ')
	.slice(1)
	.map((section) => {
		const [name = ''] = section.split('\n');
		const [, block = '{}'] = /```json\n([^]*?)```/.exec(section) ?? [];
		return { name, text: section, ...(JSON.parse(block) as object) };
	});

export function forwardingRecipe(name: string): Required<Omit<ForwardingRecipe, 'buffer'>> {
	const recipe = FORWARDING_RECIPES.find((one) => one.name === name);
	if (!recipe?.export || !recipe.sink) throw new Error(`no such recipe: ${name}`);
	return { ...recipe, export: recipe.export, sink: recipe.sink };
}

import type { ColumnSettings, DataSettings } from './check';
import type { FilterSettings } from './filter-check';
import type { EditorNode } from './red';
import { askAbout, knownFault } from './template-check';

/**
 * Has the templates of a node checked: of one that was loaded, imported, or closed before the answer came. A node that turns
 * out to be wrong is marked in the flow; Node-RED then asks before it deploys.
 */
export async function checkNode(node: EditorNode): Promise<void> {
	const buffers = Array.isArray(node['buffers']) ? node['buffers'] : [node];
	const answers = (buffers as (Partial<DataSettings> & FilterSettings)[]).map(checkTemplates);
	const isRight = (await Promise.all(answers)).every((each) => each);
	// It may be gone by now, or be another object by the same id.
	const current = RED.nodes.node(node.id);
	if (isRight || !current) return;
	RED.editor.validateNode(current);
	RED.view.redraw();
}

/** Has the templates checked that a deploy would compile. Resolves to false when one is known to be wrong. */
export async function checkTemplates(
	settings: Partial<DataSettings> & FilterSettings,
): Promise<boolean> {
	const templates = templatesOf(settings);
	await Promise.all(templates.map(askAbout));
	return templates.every((template) => knownFault(template) === undefined);
}

function templatesOf({
	data,
	columns,
	filterCondition = '',
}: Partial<DataSettings> & FilterSettings): string[] {
	const condition = filterCondition.trim() === '' ? [] : [filterCondition];
	if (data !== 'columns' || !Array.isArray(columns)) return condition;
	return [
		...condition,
		...(columns as readonly ColumnSettings[]).flatMap(({ type, template }) =>
			type === 'template' && template !== undefined ? [template.content] : [],
		),
	];
}

/**
 * What the dialogs of all Sluice nodes share. Bundled by scripts/build.mjs into resources/editor.js, which every node's HTML
 * loads first. The HTML keeps the literal registerType that Node-RED's scorecard reads (R32), and calls SluiceEditor for the rest.
 *
 * A new node: its HTML, its locales, and its dialog here if it needs more than folds.
 */
import { alert } from './alert';
import * as check from './check';
import { control } from './control';
import { database } from './database';
import { checkNode } from './node-templates';
import { chosen } from './chosen';
import { file, table } from './destination';
import { forward } from './forward';
import { listener } from './listener';
import { buffer, explain, map, message, plain, secret, store } from './nodes';
import { checkNodePath } from './path-check';
import { receiver } from './receiver';
import type { EditorNode } from './red';
import { ensureSecret } from './secret';
import { addStyle } from './style';
import { addTexts, text } from './text';

const SluiceEditor = {
	alert,
	buffer,
	check,
	chosen,
	control,
	database,
	explain,
	file,
	forward,
	listener,
	map,
	message,
	plain,
	receiver,
	secret,
	store,
	table,
	text,
};

const TEMPLATE_TYPES: readonly string[] = [
	'sluice-receiver',
	'sluice-buffer',
	'sluice-map',
	'sluice-forward',
	'sluice-table',
	'sluice-file',
];

declare global {
	interface Window {
		SluiceEditor?: typeof SluiceEditor;
	}
}

// Every node's HTML loads this file, and any of them may be the only one that is enabled.
if (!window.SluiceEditor) {
	window.SluiceEditor = SluiceEditor;
	addTexts();
	addStyle();
	watchImports();
}

/** An import into a new tab calls no onadd, but its receivers need a secret as well, and templates come that nobody typed here. */
function watchImports(): void {
	let loaded = false;
	RED.events.on('flows:loaded', () => {
		loaded = true;
	});
	RED.events.on('nodes:add', (node: EditorNode) => {
		if (node.type === 'sluice-receiver') void checkNodePath(node);
		if (TEMPLATE_TYPES.includes(node.type)) void checkNode(node);
		if (loaded && node.type === 'sluice-receiver' && node._config !== undefined) ensureSecret(node);
	});
}

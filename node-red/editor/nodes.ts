import * as check from './check';
import { orderKeyPath, type FlowBuffer as BufferSettings } from './buffer-check';
import type { Verdict } from './check';
import { buildBufferForm, type BufferForm } from './buffer-form';
import { buildDataForm, type DataForm } from './data-form';
import { closed, fillDefaults } from './dialog';
import { batchFormat } from './batch-form';
import { checkFilter, type FilterSettings } from './filter-check';
import { copyButton, hint, prepareFolds, typed } from './form';
import { checkNode } from './node-templates';
import { element, type EditorNode } from './red';
import { dialogSample } from './sample';
import { buildSamplePanel, type SamplePanel } from './sample-panel';
import { buildSchemeForm, type SchemeForm } from './scheme-form';
import {
	checkSchemes,
	messageSchemes,
	savedScheme,
	signingSchemes,
	type Direction,
} from './schemes';
import { randomSecret } from './secret';
import { text } from './text';

let bufferForm: BufferForm | undefined;
let dataForm: DataForm | undefined;
let scheme: SchemeForm | undefined;

/** The dialog of sluice-buffer: the settings of one buffer on the node itself. */
export const buffer = {
	prepare(this: void, node: EditorNode): void {
		fillDefaults(node);
		bufferForm = buildBufferForm($('#sluice-buffer'), node as Partial<BufferSettings>, {
			node,
			output: 0,
			fedBy: 'messages',
			sample: dialogSample(node),
			bufferId: 'main',
		});
		prepareFolds($('#dialog-form'));
	},
	save(this: void, node: EditorNode): void {
		if (bufferForm) Object.assign(node, bufferForm.read());
		void checkNode(node);
		bufferForm = undefined;
	},
	checkFormat(this: void, node: EditorNode): check.Verdict {
		return batchFormat(node as Partial<check.BufferSettings>);
	},

	checkFilter(this: void, node: EditorNode): true | readonly string[] {
		return check.all(checkFilter(node as FilterSettings));
	},
	checkOrder(this: void, node: EditorNode): Verdict {
		return node['order'] !== 'key' || orderKeyPath(node['orderKeyPath']);
	},
};

/** The dialog of sluice-map. */
export const map = {
	prepare(this: void, node: EditorNode): void {
		const settings = node as Partial<BufferSettings>;
		// Asks while it is made.
		const made: { panel?: SamplePanel } = {};
		const data = buildDataForm($('#sluice-data'), settings, ['fields', 'columns'], () =>
			made.panel?.refresh(),
		);
		made.panel = buildSamplePanel(data.beside, {
			nodeId: node.id,
			sample: dialogSample(node),
			hasLast: false,
			mapping: () => data.read(),
			showCells: (cells) => data.showCells(cells),
		});
		dataForm = data;
	},
	save(this: void, node: EditorNode): void {
		if (dataForm) Object.assign(node, dataForm.read());
		void checkNode(node);
		dataForm = undefined;
	},
};

/** The dialogs of sluice-sign and sluice-verify. */
export const message = {
	prepare(this: void, node: EditorNode, direction: Direction): void {
		buildSchemeForm($('#sluice-scheme'), $('#sluice-scheme-fields'), {
			label: text('label.scheme'),
			schemes: direction === 'sign' ? signingSchemes() : messageSchemes(),
			direction,
			saved: savedScheme(node, LIST[direction]),
			changed(made) {
				scheme = made;
			},
		});
		prepareFolds($('#dialog-form'));
	},
	save(this: void, node: EditorNode, direction: Direction): void {
		const made = scheme?.read();
		if (made) node[LIST[direction]] = [made];
		forget();
	},
	check(this: void, value: unknown, direction: Direction): true | readonly string[] {
		return checkSchemes(value, direction, 1);
	},
};

/** Where a node saves its schemes. */
const LIST = { verify: 'auth', sign: 'signatures' } as const;

function forget(): void {
	closed();
	scheme = undefined;
}

/** Dialogs that need no more than their defaults and folds. */
export const plain = {
	prepare(this: void, node: EditorNode): void {
		fillDefaults(node);
		prepareFolds($('#dialog-form'));
	},
};

/** Explains each choice of a select below it. */
export function explain(input: string, keys: string): void {
	const chosen = $(input);
	const words = hint(chosen.parent());
	const show = (): void => void words.text(text(`${keys}.${typed(chosen)}`));
	chosen.on('change', show);
	if (chosen.val()) show();
}

/** The dialog of sluice-store. */
export const store = {
	prepare(this: void, node: EditorNode): void {
		const kind = $('#node-config-input-kind');
		explain('#node-config-input-kind', 'storeHint');
		const directory = text('placeholder.directory', { id: node.id });
		$('#node-config-input-directory').attr('placeholder', directory);
		const show = (): void => {
			for (const [part, of] of Object.entries({
				directory: 'sqlite',
				memory: 'memory',
				postgres: 'postgres',
			})) {
				$(`.sluice-store-${part}`).toggle(typed(kind) === of);
			}
		};
		kind.on('change', show);
		show();
	},

	/** Validator of a field that PostgreSQL alone needs. Node-RED takes words for a fault only from a function of two arguments. */
	needs(this: void, field: 'host' | 'port' | 'database' | 'schema') {
		return function (this: { kind?: unknown }, value: unknown, _opt: unknown): Verdict {
			const kind = $('#node-config-input-kind').val() ?? this.kind;
			return kind === 'postgres' ? check.postgresField(field, value) : true;
		};
	},

	/** Whole MB by the bounds of core; empty leaves it to the store. */
	checkKeepFree(this: void, node: { kind?: unknown }, value: unknown): Verdict {
		const kind = $('#node-config-input-kind').val() ?? node.kind;
		return kind === 'sqlite' ? check.keepFreeMb(value) : true;
	},

	/** Undefined where only the kind says something. */
	label(this: void, node: { [field: string]: unknown }): unknown {
		if (node['name']) return node['name'];
		if (node['kind'] !== 'postgres')
			return node['kind'] === 'memory' ? undefined : node['directory'];
		return `${String(node['host'])}/${String(node['database'])}`;
	},
};

/** The dialog of sluice-secret. */
export const secret = {
	prepare(this: void): void {
		const input = $('#node-config-input-secret');
		const made = $('#sluice-made-secret').hide();
		const code = element('<code>');
		let value = '';
		$('#sluice-make-secret').on('click', () => {
			value = randomSecret();
			input.val(value).trigger('change');
			code.text(value);
			made.show();
		});
		made.append(element('<span>', 'sluice-caption', text('secret.made')), code);
		copyButton(made, text('secret.copy'), text('secret.copied'), () => value);
	},
};

/** What the events of a receiver are as records: fields and their types, inferred of a sample, which is not saved. */
import { SCHEMA } from '../../core/pure/bounds';
import { FIELD_TYPES, type FieldType, type SchemaField } from '../../core/pure/field-types';
import { inferFields } from '../../core/pure/infer-fields';
import { schemaFault } from '../../core/pure/schema-fault';
import { isStorable } from '../../core/pure/storable';
import * as check from './check';
import { isOpen } from './dialog';
import { mark, namedInput, nextId, select, typed } from './form';
import { nameList, namesOf, type NameList } from './name-list';
import { element, type EditorNode } from './red';
import { text } from './text';

const MODE = '#node-input-schemaMode';
const UNKNOWN = '#node-input-schemaUnknown';

export interface SchemaForm {
	read(): readonly SchemaField[];
}

export function buildSchemaForm(node: EditorNode): SchemaForm {
	// A receiver that was saved before it could be told.
	for (const [input, fallback] of [
		[MODE, 'off'],
		[UNKNOWN, 'keep'],
	] as const)
		if (!$(input).val()) $(input).val(fallback);
	$('#node-input-source, #node-input-split, #node-input-schemaMode').on('change', () => {
		$('#node-input-schemaSourceField').trigger('change');
	});
	const start = savedFields(node['schemaFields']);
	const warning = element('<div>', 'sluice-warning').attr('role', 'status');
	// The list asks while it is made.
	const made: { list?: NameList<SchemaField> } = {};
	const showCount = (): void => {
		// Rows say by themselves what is wrong with a name.
		const fault = countFault(made.list?.read() ?? start);
		warning.text(fault ?? '').toggle(fault !== undefined);
	};
	const list = nameList<SchemaField>($('#sluice-schema-fields'), start, {
		className: 'sluice-fields',
		addLabel: text('add.field'),
		empty: { name: '', type: 'text' },
		build: fieldRow,
		changed: showCount,
	});
	made.list = list;
	warning.appendTo(list.element);
	showCount();
	const sample = $('#sluice-schema-sample');
	const answer = $('#sluice-schema-inferred').attr('role', 'status');
	$('#sluice-schema-infer').on('click', () => {
		const inferred = inferFields(String(sample.val() ?? ''));
		mark(sample, 'fields' in inferred || text(`schema.${inferred.fault}`));
		if (!('fields' in inferred)) return void answer.text(text(`schema.${inferred.fault}`));
		const { fields } = inferred;
		const unique = new Set(list.read().flatMap((one) => (one.unique === true ? [one.name] : [])));
		list.fill(fields.map((field) => (unique.has(field.name) ? { ...field, unique: true } : field)));
		answer.text(text('schema.inferred', { n: fields.length }));
		RED.tray.resize();
	});
	return { read: () => list.read() };
}

/** For Node-RED: true, or all messages. */
export function checkSchemaFields(value: unknown, node: EditorNode): true | readonly string[] {
	if ((node['schemaMode'] ?? 'off') === 'off') return true;
	const fields = savedFields(value);
	const names = fields.map(({ name }) => name);
	const count = countFault(fields);
	return check.all([
		...check.failures(...names.map((name) => nameVerdict(name, names))),
		...(count === undefined ? [] : [count]),
		...(fields.length === 0 && (node['schemaUnknown'] ?? 'keep') !== 'keep'
			? [text('error.schemaUnknown')]
			: []),
		...(node['schemaMode'] === 'report' && node['schemaUnknown'] === 'drop'
			? [text('error.schemaReport')]
			: []),
	]);
}

/** The member with the source needs a source. */
export function checkSourceField(value: unknown, node: EditorNode): check.Verdict {
	const name = String(value ?? '').trim();
	const now = (setting: string): string =>
		String((isOpen(node) ? $(`#node-input-${setting}`).val() : node[setting]) ?? '').trim();
	if (name === '' || !['coerce', 'strict'].includes(now('schemaMode'))) return true;
	const label = node._def._('sluice-receiver.label.schemaSourceField');
	if (name.length > SCHEMA.maxNameLength || !isStorable(name))
		return text('error.schemaName', { label, max: SCHEMA.maxNameLength });
	const hasSource = now('source') !== '' || now('split') === 'cloudevents';
	return hasSource || text('error.sourceField', { label });
}

function savedFields(value: unknown): readonly SchemaField[] {
	return Array.isArray(value) ? (value as SchemaField[]) : [];
}

function fieldRow(content: JQuery, value: SchemaField, recheck: () => void) {
	const line = element('<div>', 'sluice-line').appendTo(content);
	const name = namedInput(line, 'fieldName', 'sluice-name', value.name);
	const type = select(
		line,
		FIELD_TYPES.map((known) => [known, text(`fieldType.${known}`)] as const),
		value.type,
		'sluice-field-type',
	).attr('aria-label', text('label.fieldType'));
	const words = element('<label>', 'sluice-check sluice-between').appendTo(line);
	const unique = element('<input type="checkbox">')
		.attr('id', nextId())
		.prop('checked', value.unique === true)
		.appendTo(words);
	words.append(' ', document.createTextNode(text('label.unique')));
	name.on('change keyup paste blur', recheck);
	type.on('change', recheck);
	return {
		check: () => mark(name, nameVerdict(String(name.val() ?? ''), namesOf(content))),
		read: (): SchemaField => ({
			// A name is what it is, with its blanks.
			name: String(name.val() ?? ''),
			type: typed(type) as FieldType,
			...(unique.prop('checked') === true ? { unique: true } : {}),
		}),
	};
}

function nameVerdict(name: string, names: readonly unknown[]): check.Verdict {
	const label = text('label.fieldName');
	if (name.length > SCHEMA.maxNameLength || !isStorable(name))
		return text('error.schemaName', { label, max: SCHEMA.maxNameLength });
	return check.uniqueName(label, name, names);
}

/** More fields than a schema may have, in all or of a type. */
function countFault(fields: readonly SchemaField[]): string | undefined {
	const named = fields.map((field, index) => ({ ...field, name: String(index) }));
	const fault = schemaFault(named);
	if (fault?.what === 'fields') return text('error.schemaFields', { max: fault.max });
	if (fault?.what !== 'kind') return undefined;
	return text('error.schemaKind', { kind: text(`fieldType.${fault.kind}`), max: fault.max });
}

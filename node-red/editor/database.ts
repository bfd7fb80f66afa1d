import { askServer } from './admin-api';
import * as check from './check';
import type { Verdict } from './check';
import { row } from './form';
import { explain } from './nodes';
import { element, type EditorNode } from './red';
import { showWhere } from './show-where';
import { text } from './text';

/** What the dialog of sluice-database saves. */
type Saved = { readonly [field: string]: unknown };

function input(name: string): JQuery {
	return $(`#node-config-input-${name}`);
}

/** The dialog of sluice-database. */
export const database = {
	prepare(this: void, node: EditorNode): void {
		explain('#node-config-input-kind', 'databaseHint');
		showWhere($('#node-config-dialog-edit-form'), input);
		// Whether they are needed goes by the kind.
		input('kind').on(
			'change',
			() => void $('#node-config-dialog-edit-form input').trigger('change'),
		);
		buildTest($('#sluice-database-test'), node);
	},

	/** Validator of a field. Node-RED takes words for a fault only from a function of two arguments. */
	checks(this: void, field: 'host' | 'port' | 'database' | 'file' | 'schemas') {
		return function (this: Saved, value: unknown, _opt: unknown): Verdict {
			const written = String(value ?? '').trim();
			if (check.isVariable(written)) return true;
			const isPostgres = (input('kind').val() ?? this['kind']) === 'postgres';
			if (field === 'file') return isPostgres || isFile(written);
			if (!isPostgres) return true;
			return field === 'schemas' ? areSchemas(written) : check.postgresField(field, written);
		};
	},

	/** Undefined where only the kind says something. */
	label(this: void, node: Saved): string | undefined {
		if (node['name']) return String(node['name']);
		if (node['kind'] !== 'postgres') return String(node['file'] || '') || undefined;
		return `${String(node['host'])}/${String(node['database'])}`;
	},
};

function isFile(written: string): Verdict {
	const isNone = written === ':memory:' || /^file:/i.test(written) || /[\\/]$/.test(written);
	return !isNone || text('error.databaseFile', { label: text('label.file') });
}

function areSchemas(written: string): Verdict {
	const names = written.split(/[,\n]/).map((name) => name.trim());
	const isRight = names.every(
		(name) => !/^pg_|^information_schema$/.test(name) && name.length <= 63,
	);
	return isRight || text('error.schemas', { label: text('label.schemas') });
}

/** Tests what is deployed, since a password that is deployed must not leave to a host that is only typed. */
function buildTest(parent: JQuery, { id }: EditorNode): void {
	const content = row(parent, '');
	const button = element('<button type="button">', 'red-ui-button', text('database.test'))
		.prepend(element('<i>', 'fa fa-plug'), ' ')
		.appendTo(content);
	element('<div>', 'sluice-hint', text('database.hint')).appendTo(content);
	const result = element('<div>', 'sluice-tested')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(parent);
	button.on('click', () => {
		button.prop('disabled', true);
		result.empty().text(text('database.running'));
		void askServer<{ isGood: boolean; says: string }>('sluice/try-database', { node: id })
			.answer.then((answer) => {
				const { isGood, says } = 'error' in answer ? { isGood: false, says: answer.error } : answer;
				element('<div>', isGood ? 'sluice-tested-well' : 'sluice-warning')
					.append(element('<i>', `fa fa-${isGood ? 'check-circle' : 'exclamation-triangle'}`), ' ')
					.append(element('<span>', '', says))
					.appendTo(result.empty());
			})
			.finally(() => {
				button.prop('disabled', false);
				RED.tray.resize();
			});
	});
}

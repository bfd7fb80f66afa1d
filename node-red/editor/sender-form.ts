/**
 * The choice of a sender: fills the dialog with all that differs by it. What it has filled is then as if a person had, and the choice
 * itself is not saved: a dialog that is opened again shows the sender whose settings it has.
 */
import { showsVerifyToken } from '../../core/pure/handshake-kinds';
import { element, type EditorNode } from './red';
import { plainFields, savedSchemes, schemeOf, secretRuleOf, type SavedScheme } from './schemes';
import { text } from './text';

/** What core/settings/preset-fields.ts lists, as plain data: scripts/build.mjs puts it here. */
declare const SLUICE_PRESETS: readonly PresetChoice[];

/** As far as a dialog needs it. */
interface PresetChoice {
	readonly id: string;
	readonly name: string;
	readonly verified: boolean;
	readonly secretName: string;
	readonly asks: readonly string[];
	readonly source: string;
	readonly fields: { readonly auth: readonly [SavedScheme]; readonly [field: string]: unknown };
}

const CHOICE = '#sluice-sender';

/** @param fillWays shows the way of a preset, and no other one */
export function buildSenderForm(node: EditorNode, fillWays: (way: SavedScheme) => void): void {
	const choice = $(CHOICE);
	element('<option>', '', text('sender.none')).attr('value', '').appendTo(choice);
	for (const { id, name, verified } of SLUICE_PRESETS) {
		element('<option>', '', verified ? name : text('sender.unverifiedName', { name }))
			.attr('value', id)
			.appendTo(choice);
	}
	choice.val(SLUICE_PRESETS.find((preset) => isSetIn(node, preset))?.id ?? '');
	const notes = element('<div>', 'sluice-sender-notes').insertAfter(choice);
	const show = (): PresetChoice | undefined => {
		const preset = SLUICE_PRESETS.find(({ id }) => id === choice.val());
		notes.empty();
		if (preset) showNotes(notes, preset);
		return preset;
	};
	choice.on('change', () => {
		const preset = show();
		if (!preset) return;
		const { auth, ...fields } = preset.fields;
		for (const [name, value] of Object.entries(fields)) fillField(name, value);
		fillWays(auth[0]);
		RED.tray.resize();
	});
	show();
}

/** What a preset sets and a person may change without leaving the sender. */
const BESIDE: readonly string[] = ['maxBodyBytes', 'schemaMode', 'answerRefusals'];

/** Whether a node has the settings of a preset, whatever it was asked for beside. */
function isSetIn(node: EditorNode, { asks, fields: { auth, ...fields } }: PresetChoice): boolean {
	const [way, ...others] = savedSchemes(node, 'auth');
	const [wanted] = auth;
	const scheme = schemeOf(wanted.kind);
	if (!scheme || others.length > 0 || way?.kind !== wanted.kind) return false;
	const isSame = (a: unknown, b: unknown): boolean => String(a ?? '') === String(b ?? '');
	return (
		plainFields(scheme, 'verify').every(
			({ name, fallback }) =>
				asks.includes(name) || isSame(way[name] ?? fallback, wanted[name] ?? fallback),
		) &&
		Object.entries(fields).every(
			([name, value]) => BESIDE.includes(name) || isSame(node[name], value),
		)
	);
}

function fillField(name: string, value: unknown): void {
	const input = $(`#node-input-${name}`);
	if (input.is(':checkbox')) input.prop('checked', value === true);
	else input.val(String(value));
	input.trigger('change');
}

function showNotes(
	parent: JQuery,
	{ verified, secretName, asks, source, fields }: PresetChoice,
): void {
	const line = (words: string): JQuery => element('<div>', 'sluice-hint', words).appendTo(parent);
	if (!verified) {
		element('<div>', 'sluice-warning')
			.append(
				element('<i>', 'fa fa-warning'),
				' ',
				element('<span>', '', text('sender.unverified')),
			)
			.appendTo(parent);
	}
	if (secretName !== '') {
		const isInUrl = secretRuleOf(fields.auth[0].kind) === 'url';
		line(text(isInUrl ? 'sender.inUrl' : 'sender.secret', { name: secretName }));
	}
	for (const name of asks) line(text(`sender.asks.${name}`));
	if (showsVerifyToken(fields['handshake'])) line(text('sender.verifyToken'));
	element('<a>', '', text('sender.source'))
		.attr({ href: source, target: '_blank', rel: 'noopener noreferrer' })
		.appendTo(line(''));
}

import type { Split } from '../config';
import type { ReadBodyAs } from '../event/read-as';
import type { AnswerBody, RefusalBody } from '../pure/answer-bodies';
import { BODY_BYTES } from '../pure/bounds';
import type { SchemaMode } from '../pure/field-types';
import type { HandshakeKind } from '../pure/handshake-kinds';
import { isNeeded } from '../pure/scheme-description';
import { PRESETS } from '../signature/presets/index';
import type { Preset, PresetWay } from '../signature/presets/preset';
import { findScheme } from '../signature/schemes/index';
import type { ReceiverSettings } from './receiver-settings';
import type { SchemeSettings } from './scheme-settings';

/** What a preset sets of the dialogs of receivers, by their names: every field that one of them sets, empty where this one does not. */
export interface PresetFields {
	readonly auth: readonly [SchemeSettings];
	readonly typePath: string;
	readonly typeHeader: string;
	readonly typeQuery: string;
	readonly dedupeKeyPath: string;
	readonly dedupeHeader: string;
	readonly dedupeContent: false;
	readonly dedupeHours: number | '';
	readonly keepLatest: boolean;
	readonly handshake: HandshakeKind | '';
	readonly answerBody: AnswerBody;
	readonly answerText: string;
	readonly answerRefusals: RefusalBody;
	readonly maxBodyBytes: number;
	readonly schemaMode: SchemaMode | 'off';
	readonly split: Split;
	readonly readBodyAs: ReadBodyAs;
}

/** One way of a preset, as dialogs offer it. */
export interface PresetChoice {
	/** Of the preset; further ways have their number behind it, such as `gitlab-2`. Configurations are saved with it. */
	readonly id: string;
	/** As docs/receiving.md calls it. */
	readonly name: string;
	readonly preset: string;
	/** From 0. */
	readonly way: number;
	/** A request that the sender has published passes in our tests. Dialogs say so where none does. */
	readonly verified: boolean;
	/** What the sender calls the secret; empty where none is shared. */
	readonly secretName: string;
	/** Fields of the scheme that only the user knows. */
	readonly asks: readonly string[];
	/** Page of the sender. */
	readonly source: string;
	readonly fields: PresetFields;
}

/**
 * How long an event is known by its id: longer than any of the senders goes on to repeat one (Stripe: 3 days), shorter than somebody
 * repeats an old one by hand.
 */
const KNOWN_FOR_HOURS = 4 * 24;

/** All ways of all presets, in the order in which dialogs show them. */
export const PRESET_CHOICES: readonly PresetChoice[] = PRESETS.flatMap((preset) =>
	preset.ways.map((way, index) => {
		const number = index === 0 ? '' : String(index + 1);
		return {
			id: preset.id + (number && `-${number}`),
			name: preset.name + (number && `, ${number}`),
			preset: preset.id,
			way: index,
			verified: way.verified,
			secretName: way.secretName ?? '',
			asks: asksOf(way),
			source: preset.source,
			fields: fieldsOf(preset, way),
		};
	}),
);

export function findPresetChoice(id: unknown): PresetChoice | undefined {
	return PRESET_CHOICES.find((choice) => choice.id === id);
}

/** Settings of which one says what the others would: where one of them is set, nothing of the preset's is left of the group. */
const GROUPS: readonly (readonly (keyof PresetFields & keyof ReceiverSettings)[])[] = [
	['typePath', 'typeHeader', 'typeQuery'],
	['dedupeKeyPath', 'dedupeHeader', 'dedupeContent'],
];

/** Settings of a dialog that keeps a preset beside them: what is set there goes before it. */
export function withPreset(
	{ auth: _ways, handshake: _handshake, ...fields }: PresetFields,
	settings: ReceiverSettings,
): ReceiverSettings {
	const isSet = (name: keyof ReceiverSettings): boolean =>
		![undefined, '', false].includes(settings[name] as string | boolean | undefined);
	const replaced = GROUPS.filter((group) => group.some(isSet)).flat();
	// Without a schema it says nothing of one: fields that are set ask for one by themselves.
	const left = Object.entries(fields).filter(
		([name, value]) => !replaced.some((one) => one === name) && value !== 'off',
	);
	return { ...(Object.fromEntries(left) as ReceiverSettings), ...settings };
}

/** What else the user has to say: the address where the sender signs it, the topics of SNS. */
export function asksOf({ scheme }: PresetWay): readonly string[] {
	const values: Readonly<Record<string, unknown>> = { ...scheme };
	const fields = findScheme(scheme.kind)?.fields ?? [];
	return fields
		.filter((field) => isNeeded(field, values) && values[field.name] === undefined)
		.map(({ name }) => name);
}

export function fieldsOf(preset: Preset, { scheme }: PresetWay): PresetFields {
	const { type, eventId, keepsLatest = false, handshake = '', answer } = preset;
	return {
		auth: [{ ...scheme }],
		typePath: type && 'path' in type ? type.path : '',
		typeHeader: type && 'header' in type ? type.header : '',
		typeQuery: type && 'query' in type ? type.query : '',
		dedupeKeyPath: eventId && 'path' in eventId ? eventId.path : '',
		dedupeHeader: eventId && 'header' in eventId ? eventId.header : '',
		dedupeContent: false,
		dedupeHours: eventId ? KNOWN_FOR_HOURS : '',
		keepLatest: keepsLatest,
		handshake,
		answerBody: answer?.body ?? 'ours',
		answerText: answer?.text ?? '',
		answerRefusals: answer?.refusals ?? 'ours',
		maxBodyBytes: preset.maxBodyBytes ?? BODY_BYTES.fallback,
		schemaMode: preset.schema ?? 'off',
		split: preset.split ?? 'one',
		readBodyAs: preset.readBodyAs ?? 'type',
	};
}

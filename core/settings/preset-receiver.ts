import { ConfigError } from '../errors';
import type { DedupeConfig } from '../config';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { showsVerifyToken } from '../pure/handshake-kinds';
import { findPreset, PRESETS } from '../signature/presets/index';
import type { Preset, PresetWay } from '../signature/presets/preset';
import { findScheme, type SchemeConfig } from '../signature/schemes/index';
import { sameName, type SettingPath } from './setting-path';

/** What a preset cannot know. */
export interface PresetSettings {
	/** Of a preset. */
	readonly preset: string;
	/** Which of its ways, from 0; absent: the first. */
	readonly way?: number | undefined;
	/** Several are valid while the sender changes over. */
	readonly secrets: readonly string[];
	/** The address that the sender pushes to, where it signs it. */
	readonly publicUrl?: string | undefined;
	/** By which the sender is known when it tries the address, where it shows one (`showsVerifyToken`). */
	readonly verifyTokens?: readonly string[] | undefined;
}

/**
 * How long an event is known by its id: longer than any of the senders goes on to repeat one (Stripe: 3 days), shorter than somebody
 * repeats an old one by hand.
 */
const KNOWN_FOR_MS = 4 * 86_400_000;

/**
 * The part of a receiver's configuration that differs by its sender.
 *
 * @throws ConfigError naming the dialog's field; what is left to check is checked with the receiver
 */
export function presetReceiver(
	{ preset: id, way: index = 0, secrets, publicUrl, verifyTokens }: PresetSettings,
	at: SettingPath = sameName,
): Omit<ReceiverInput, 'id'> {
	const preset = findPreset(id);
	if (!preset) {
		const ids = PRESETS.map((one) => one.id).join(', ');
		throw new ConfigError(at('preset'), `one of ${ids}`, id);
	}
	const way = preset.ways[index];
	if (!way) throw new ConfigError(at('way'), `0 to ${preset.ways.length - 1}`, index);
	return {
		auth: [schemeOf(way, secrets, publicUrl)],
		...typeAt(preset.type),
		...(preset.eventId ? { dedupe: [idAt(preset.eventId)] } : {}),
		...(preset.keepsLatest === true ? { latest: {} } : {}),
		...handshakeOf(preset, verifyTokens),
		...(preset.answer ? { answer: preset.answer } : {}),
	};
}

/** Whether the sender signs the address that it pushes to: then the user has to say which it is. */
export function needsPublicUrl({ scheme }: PresetWay): boolean {
	return scheme.kind === 'hmac' && scheme.content?.includes('{url}') === true;
}

function schemeOf(
	{ scheme }: PresetWay,
	secrets: readonly string[],
	publicUrl: string | undefined,
): SchemeConfig {
	const takesUrl = findScheme(scheme.kind)?.fields.some(({ name }) => name === 'publicUrl');
	const url = takesUrl === true && publicUrl ? { publicUrl } : {};
	// The union of all schemes without their secrets, with them again.
	return { ...scheme, ...url, secrets } as SchemeConfig;
}

function handshakeOf(
	{ handshake: kind }: Preset,
	verifyTokens: readonly string[] = [],
): Pick<ReceiverInput, 'handshake'> {
	if (kind === undefined) return {};
	return { handshake: showsVerifyToken(kind) ? { kind, secrets: verifyTokens } : { kind } };
}

function typeAt(place: Preset['type']): Partial<ReceiverInput> {
	if (!place) return {};
	if ('path' in place) return { typePath: place.path };
	return 'header' in place ? { typeHeader: place.header } : { typeQuery: place.query };
}

function idAt(place: NonNullable<Preset['eventId']>): DedupeConfig {
	return 'path' in place
		? { keyPath: place.path, windowMs: KNOWN_FOR_MS }
		: { header: place.header, windowMs: KNOWN_FOR_MS };
}

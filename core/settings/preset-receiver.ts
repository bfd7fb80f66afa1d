import { ConfigError } from '../errors';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { showsVerifyToken } from '../pure/handshake-kinds';
import { findPreset, PRESETS } from '../signature/presets/index';
import type { SchemeConfig } from '../signature/schemes/index';
import { asksOf, fieldsOf } from './preset-fields';
import { toReceiver } from './receiver-settings';
import { toScheme } from './scheme-settings';
import { sameName, type SettingPath } from './setting-path';

/** What a preset cannot know. */
export interface PresetSettings {
	/** Of a preset. */
	readonly preset: string;
	/** Which of its ways, from 0; absent: the first. */
	readonly way?: number | undefined;
	/** Several are valid while the sender changes over; of no use where none is shared. */
	readonly secrets: readonly string[];
	/** The address that the sender pushes to, where it signs it. */
	readonly publicUrl?: string | undefined;
	/** ARNs, with commas between them, of Amazon SNS. */
	readonly topics?: string | undefined;
	/** By which the sender is known when it tries the address, where it shows one (`showsVerifyToken`). */
	readonly verifyTokens?: readonly string[] | undefined;
}

/**
 * The part of a receiver's configuration that differs by its sender: what the dialogs would make of the same preset.
 *
 * @throws ConfigError naming the dialog's field; what is left to check is checked with the receiver
 */
export function presetReceiver(
	{ preset: id, way: index = 0, secrets, verifyTokens = [], ...given }: PresetSettings,
	at: SettingPath = sameName,
): Omit<ReceiverInput, 'id'> {
	const preset = findPreset(id);
	if (!preset) {
		const ids = PRESETS.map((one) => one.id).join(', ');
		throw new ConfigError(at('preset'), `one of ${ids}`, id);
	}
	const way = preset.ways[index];
	if (!way) throw new ConfigError(at('way'), `0 to ${preset.ways.length - 1}`, index);
	const { auth, handshake: kind, ...fields } = fieldsOf(preset, way);
	const asked = Object.entries(given).filter(([name]) => asksOf(way).includes(name));
	const [scheme] = auth;
	const receiver = toReceiver(fields, at);
	return {
		auth: [
			toScheme<SchemeConfig>(
				{ ...scheme, ...(Object.fromEntries(asked) as object), kind: scheme.kind },
				() => secrets,
				at,
			),
		],
		...receiver,
		...(kind === ''
			? {}
			: { handshake: showsVerifyToken(kind) ? { kind, secrets: verifyTokens } : { kind } }),
	};
}

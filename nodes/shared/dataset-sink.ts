import {
	checkRows,
	ConfigError,
	createSink,
	toDataset,
	type DatasetSettings,
	type ResolveSecret,
	type SettingPath,
	type SinkConfig,
} from '../../core/index';
import { readCredential, trimmedSecret, type CredentialContext } from './credentials';
import { PUSH_KEY_SHOWN, PUSH_KEY_TYPE } from './dataset-options';
import { requireAllowedUrl } from './forward-auth';

/** A dataset that records are pushed to, and the key that it names. */
export interface DatasetSink {
	readonly config: SinkConfig<'opendatasoft'>;
	readonly resolveSecret: ResolveSecret;
}

const KEY = `credentials.${PUSH_KEY_TYPE}.value`;

/**
 * A dataset by the parameters of a node, with the key of its credential.
 *
 * @param o.at how the dialog calls its settings
 * @throws ConfigError naming parameter and bound; for a credential that cannot be read, has no key, or may not be used there
 */
export async function datasetSink(
	context: CredentialContext,
	settings: DatasetSettings,
	o: { readonly at: SettingPath; readonly rows: Parameters<typeof checkRows>[1] },
): Promise<DatasetSink> {
	const fields = await readCredential<Record<string, string>>(
		context,
		PUSH_KEY_TYPE,
		PUSH_KEY_SHOWN,
	);
	const key = trimmedSecret(fields['value']);
	if (key === '') throw new ConfigError(KEY, 'the push key of the dataset');
	const config: SinkConfig<'opendatasoft'> = {
		...toDataset(settings, { secretRef: KEY }, o.at),
		origin: 'literal',
		allowHttp: true,
	};
	requireAllowedUrl(context.getNode(), PUSH_KEY_TYPE, { fields, url: config.domain });
	const resolveSecret: ResolveSecret = (name) => (name === KEY ? key : undefined);
	checkRows(config, o.rows, '');
	// Attaching would find it later, and by core's names.
	await createSink(config, { resolveSecret }, '').close?.();
	return { config, resolveSecret };
}

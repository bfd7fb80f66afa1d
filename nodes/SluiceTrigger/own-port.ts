/** Events on a port of our own, at an exact path, many times cheaper than through the host (N98); of several mains the leading one has it (N67). */
import type { ITriggerFunctions } from 'n8n-workflow';
import {
	checkChoice,
	ConfigError,
	isSecretInUrl,
	openListener,
	toListener,
	watchPipeline,
	type Listener,
	type ListenerSettings,
	type ListenerTls,
	type Pipeline,
	type SettingPath,
} from '../../core/index';
import { readServerCertificate, SSL_PARAMETER, SSL_TYPE } from '../shared/ssl-certificates';
import type { TriggerConfiguration } from './configuration';

const LISTEN_ON = ['webhook', 'ownPort'] as const;

const TOP_LEVEL: readonly string[] = ['port', 'tls', 'certFile', 'keyFile'];
const OF_CREDENTIAL: readonly string[] = ['ca', 'cert', 'key', 'passphrase'];

/** How the dialog calls a setting of the port. */
const at: SettingPath = (name) => {
	if (OF_CREDENTIAL.includes(name)) return `credentials.${SSL_TYPE}.${name}`;
	if (!TOP_LEVEL.includes(name)) return `ownPortOptions.${name}`;
	return `own${name.charAt(0).toUpperCase()}${name.slice(1)}`;
};

/**
 * Serves the receiver there, where the Trigger says so.
 *
 * @returns undefined where it listens on the webhook URL alone
 * @throws ConfigError naming the parameter, or the field of the credential
 */
export async function listenOnOwnPort(
	context: ITriggerFunctions,
	pipeline: Pipeline,
	{ receiver, holder }: Pick<TriggerConfiguration, 'receiver' | 'holder'>,
): Promise<Listener | undefined> {
	const listenOn = context.getNodeParameter('listenOn', 'webhook');
	if (checkChoice(listenOn, 'listenOn', LISTEN_ON) === 'webhook') return undefined;
	const own = await readOwnPort(context);
	const listener = await openListener({ ...own.options, holder, logger: context.logger }, at);
	try {
		listener.mount({
			path: own.path,
			secretInUrl: isSecretInUrl(receiver.auth),
			handler: (request) => pipeline.accept(receiver.id, request),
			holder,
			watched: watchPipeline(async () => pipeline, { key: pipeline.store.id }),
		});
	} catch (error) {
		await listener.close({ gone: true });
		throw error;
	}
	return listener;
}

async function readOwnPort(
	context: ITriggerFunctions,
): Promise<NonNullable<ReturnType<typeof toListener>>> {
	const parameter = (name: string): string => String(context.getNodeParameter(name, ''));
	const options = context.getNodeParameter('ownPortOptions', {}) as ListenerSettings;
	const tls = parameter('ownTls') || 'off';
	const given = tls === 'given' ? await certificateOf(context) : undefined;
	const asked = toListener(
		{
			...options,
			port: parameter('ownPort'),
			tls,
			certFile: parameter('ownCertFile'),
			keyFile: parameter('ownKeyFile'),
			// The token of the metrics is of the process, like a key: a parameter would lie in clear in the workflow.
			metricsToken: process.env['SLUICE_METRICS_TOKEN'],
		},
		at,
		given && (() => given),
	);
	if (!asked) throw new ConfigError(at('port'), 'the port to listen on to be filled in');
	return asked;
}

/** n8n keeps one credential of a type for a node: one of the two uses would show what is the other's. */
async function certificateOf(context: ITriggerFunctions): Promise<ListenerTls> {
	if (context.getNodeParameter(SSL_PARAMETER, false) === true) {
		throw new ConfigError(
			at('tls'),
			'"files" where SSL Certificates is on, since a node has one credential of that kind',
		);
	}
	return readServerCertificate(context);
}

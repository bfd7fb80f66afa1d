import type { IWebhookFunctions } from 'n8n-workflow';
import {
	ConfigError,
	findPresetChoice,
	NODE_WAYS,
	PRESET_CHOICES,
	secretRuleOf,
	type PresetChoice,
	type SchemeConfig,
} from '../../core/index';
import { signatureSecrets, waySecret } from '../shared/credentials';
import { readScheme } from '../shared/schemes';
import { ANY_SENDER } from './description/sender';
import { DEFAULT_AUTHENTICATION } from './description/authentication';
import type { TriggerContext } from './holder';

/** One way to authenticate, as the parameters say it. */
interface Way {
	/** The parameter that holds the kind, for messages. */
	readonly chooser: string;
	readonly kind: string;
	readonly values: object;
}

type Parameters = Pick<IWebhookFunctions, 'getNodeParameter'>;

/** The preset that is chosen, if one is. @throws ConfigError for one that there is none of */
export function senderOf(context: Parameters): PresetChoice | undefined {
	const sender = parameterOf<unknown>(context, 'sender', ANY_SENDER);
	if (sender === ANY_SENDER) return undefined;
	const found = findPresetChoice(sender);
	if (found) return found;
	const ids = PRESET_CHOICES.map(({ id }) => id).join(', ');
	throw new ConfigError('sender', `${ANY_SENDER} or one of ${ids}`, sender);
}

/** Whether one of the ways has its secret in the URL. @throws ConfigError as senderOf */
export function takesUrlSecret(context: Parameters): boolean {
	return waysOf(context).some(({ kind }) => secretRuleOf(kind) === 'url');
}

/** All ways in core's words, with their secrets. @throws ConfigError naming parameter and bound */
export async function authOf(context: TriggerContext): Promise<readonly SchemeConfig[]> {
	const ways = waysOf(context);
	if (ways.length > NODE_WAYS) {
		throw new ConfigError('otherWays', `at most ${NODE_WAYS - 1} more ways`, ways.length - 1);
	}
	return Promise.all(
		ways.map(({ chooser, kind, values }, index) =>
			readScheme<SchemeConfig>(chooser, kind, values, async (rule) => {
				if (rule === 'url') return [context.getNode().webhookId ?? ''];
				return index === 0 ? signatureSecrets(context) : [await waySecret(context, index + 1)];
			}),
		),
	);
}

function waysOf(context: Parameters): readonly Way[] {
	const others = parameterOf<{ values?: { way?: string; wayOptions?: object }[] }>(
		context,
		'otherWays',
		{},
	);
	const isSeveral = parameterOf<unknown>(context, 'severalWays', false) === true;
	return [
		firstWay(context),
		...(isSeveral ? (others.values ?? []) : []).map(({ way = '', wayOptions = {} }, index) => ({
			chooser: `otherWays.values[${index}].way`,
			kind: way,
			values: wayOptions,
		})),
	];
}

/** That of the preset, which hides the choice of a scheme; what it asks for are parameters of their own. */
function firstWay(context: Parameters): Way {
	const preset = senderOf(context);
	if (!preset) {
		return {
			chooser: 'authentication',
			kind: parameterOf(context, 'authentication', DEFAULT_AUTHENTICATION),
			values: parameterOf(context, 'authenticationOptions', {}),
		};
	}
	const [{ kind, ...values }] = preset.fields.auth;
	const asked = preset.asks.map((name) => [name, parameterOf(context, name, '')] as const);
	return {
		chooser: 'sender',
		kind,
		values: { ...values, ...(Object.fromEntries(asked) as object) },
	};
}

/** Parameters that are hidden are absent; without a fallback that is not undefined n8n throws. */
function parameterOf<T>(context: Parameters, name: string, fallback: T): T {
	return context.getNodeParameter(name, fallback as never) as T;
}

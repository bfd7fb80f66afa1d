import { BASE64, HEX, need, output, print, quote, variable, word, type Variable } from './shell';

/** Where a command pushes to, and what. */
export interface CommandTarget {
	/** The push URL; absent: it comes from the variable URL. */
	readonly url?: string | undefined;
	/** As the receiver splits requests, where it does: the event is written so that it is one. */
	readonly split?: string | undefined;
}

/** What a scheme adds to the request of a command. */
export interface CommandParts {
	/** Before the request: each one command. BODY is the body, T the time in seconds, SECRET the secret. */
	readonly steps?: readonly string[];
	readonly headers?: readonly (readonly (string | Variable)[])[];
	/** Arguments of curl, beside. */
	readonly options?: readonly string[];
	/** A parameter of the URL, by the variable that has its value. */
	readonly query?: { readonly name: string; readonly value: Variable };
	/** Whether it needs SECRET, or a TOKEN. */
	readonly asks: 'secret' | 'token' | 'nothing';
	/** The body is a form. */
	readonly isForm?: boolean;
}

/** An event that says nothing, for commands. */
export const COMMAND_BODY = '{"hello":"world"}';
const COMMAND_FORM = 'hello=world';
/** Its fields sorted, each name followed by its value. */
export const COMMAND_FORM_TEXT = 'helloworld';

interface CommandEvent {
	readonly type: string;
	readonly body: string;
}

const AS_JSON: CommandEvent = { type: 'application/json', body: COMMAND_BODY };
const AS_FORM: CommandEvent = { type: 'application/x-www-form-urlencoded', body: COMMAND_FORM };
const AS_CSV: CommandEvent = { type: 'text/csv', body: 'hello\nworld' };

/** What is sent; a form where its fields are signed. */
export function commandEvent({ split }: CommandTarget, isForm: boolean): CommandEvent {
	if (isForm) return AS_FORM;
	return split === 'csv' ? AS_CSV : AS_JSON;
}

/** Of a CloudEvent in binary mode, whose data any body is. */
const CLOUD_EVENT = ['ce-specversion: 1.0', 'ce-type: test', 'ce-source: /test'];

const WANTED = {
	secret: need('SECRET', 'export it: the secret of the receiver'),
	token: need('TOKEN', 'export it: a token of the issuer'),
};

/** The commands that push one event, each of which runs only where those before it have succeeded. */
export function requestScript(
	target: CommandTarget,
	{ steps = [], headers = [], options = [], query, asks, isForm = false }: CommandParts,
): string {
	const { url } = target;
	const mark = url?.includes('?') === true ? '&' : '?';
	const parameter = query ? word(`${mark}${encodeURIComponent(query.name)}=`, query.value) : '';
	const { type, body } = commandEvent(target, isForm);
	const isCloudEvent = target.split === 'cloudevents';
	const curl = [
		'curl -sS',
		(url === undefined ? '"$URL"' : quote(url)) + parameter,
		`-H ${quote(`Content-Type: ${type}`)}`,
		...(isCloudEvent ? CLOUD_EVENT.map((line) => `-H ${quote(line)}`) : []),
		...(isCloudEvent ? ['-H "ce-id: $(date +%s)-$$"'] : []),
		...headers.map((parts) => `-H ${word(...parts)}`),
		...options,
		'--data-binary "$BODY"',
	].join(' ');
	return [
		...(url === undefined ? [need('URL', 'export it: the push URL of the receiver')] : []),
		...(asks === 'nothing' ? [] : [WANTED[asks]]),
		`BODY=${quote(body)}`,
		...steps,
		curl,
	].join(' &&\n');
}

/** The time now, in seconds. */
export const TIME = 'T=$(date +%s)';

/** How openssl takes the secret as the key of an HMAC: steps before, and its arguments. */
export function macKey(
	encoding: string,
	from: readonly string[] = [print(variable('SECRET'))],
): { readonly steps: readonly string[]; readonly args: string } {
	if (encoding === 'text') return { steps: [], args: '-hmac "$SECRET"' };
	if (encoding === 'hex') return { steps: [], args: '-mac HMAC -macopt "hexkey:$SECRET"' };
	return {
		steps: [output('KEY', ...from, `${BASE64} -d`, HEX)],
		args: '-mac HMAC -macopt "hexkey:$KEY"',
	};
}

import { BASE64, HEX, need, output, print, quote, variable, word, type Variable } from './shell';

/** Where a command pushes to, and what. */
export interface CommandTarget {
	/** The push URL; absent: it comes from the variable URL. */
	readonly url?: string | undefined;
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
export const COMMAND_FORM = 'hello=world';
/** Its fields sorted, each name followed by its value. */
export const COMMAND_FORM_TEXT = 'helloworld';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

export const typeOf = (isForm: boolean): string => (isForm ? FORM_TYPE : JSON_TYPE);

const WANTED = {
	secret: need('SECRET', 'export it: the secret of the receiver'),
	token: need('TOKEN', 'export it: a token of the issuer'),
};

/** The commands that push one event, each of which runs only where those before it have succeeded. */
export function requestScript(
	{ url }: CommandTarget,
	{ steps = [], headers = [], options = [], query, asks, isForm = false }: CommandParts,
): string {
	const mark = url?.includes('?') === true ? '&' : '?';
	const parameter = query ? word(`${mark}${encodeURIComponent(query.name)}=`, query.value) : '';
	const body = isForm ? COMMAND_FORM : COMMAND_BODY;
	const curl = [
		'curl -sS',
		(url === undefined ? '"$URL"' : quote(url)) + parameter,
		`-H ${quote(`Content-Type: ${typeOf(isForm)}`)}`,
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

/** A constant of messages, ours and core's: it hides nothing. */
export const EXAMPLE = 'postgres://user:password@host:5432/database';

/** Connection strings carry passwords, and errors of libraries may repeat what they were given. */
export function hideSecrets(message: string, args: readonly string[]): string {
	// The longest first: a part of another one must not leave the rest of it.
	const secrets = args.flatMap(secretsOf).sort((a, b) => b.length - a.length);
	return message
		.split(EXAMPLE)
		.map((text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), hideUrls(text)))
		.join(EXAMPLE);
}

function hideUrls(text: string): string {
	return text.replace(/(postgres(?:ql)?:\/\/)[^\s"']+/gi, '$1…');
}

function secretsOf(arg: string): string[] {
	if (!/^postgres(ql)?:\/\//i.test(arg)) return [];
	try {
		const { password, searchParams } = new URL(arg);
		const given = /[?&]password=([^&#]*)/.exec(arg)?.[1] ?? '';
		const found = [arg, password, decode(password), given, searchParams.get('password') ?? ''];
		return found.filter((secret) => secret !== '');
	} catch {
		return [arg];
	}
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

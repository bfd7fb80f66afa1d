/** Connection strings carry passwords, and errors of libraries may repeat what they were given. */
export function hideSecrets(message: string, args: readonly string[]): string {
	let shown = message.replace(/(postgres(?:ql)?:\/\/)[^\s"']+/gi, '$1…');
	for (const secret of args.flatMap(secretsOf)) shown = shown.replaceAll(secret, '…');
	return shown;
}

function secretsOf(arg: string): string[] {
	if (!/^postgres(ql)?:\/\//i.test(arg)) return [];
	try {
		const { password, searchParams } = new URL(arg);
		const found = [arg, password, decodeURIComponent(password), searchParams.get('password') ?? ''];
		return found.filter((secret) => secret !== '');
	} catch {
		return [arg];
	}
}

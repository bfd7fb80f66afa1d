/**
 * The headers that a forward node sends. Values of secret ones are credentials, under the name of the header: the flow file and
 * whatever is exported of a flow hold their names alone. Pure: dialog and runtime say the same.
 */

/** A header as the flow holds it. */
export interface SavedHeader {
	readonly name: string;
	/** Absent where it is secret. */
	readonly value?: string;
	/** true: the value is a credential. false: the author says that it may lie in the flow, whatever the name looks like. */
	readonly secret?: boolean;
}

/** Of the credential that holds the secret values: one JSON object, since their number is the author's. */
export function readSecretValues(credential: unknown): ReadonlyMap<string, string> {
	try {
		const values = JSON.parse(String(credential)) as unknown;
		const entries = Object.entries(Object(values) as Record<string, unknown>);
		return new Map(
			entries.flatMap(([name, value]) =>
				typeof value === 'string' ? [[keyOf(name), value] as const] : [],
			),
		);
	} catch {
		return new Map();
	}
}

export function writeSecretValues(values: ReadonlyMap<string, string>): string {
	return values.size === 0 ? '' : JSON.stringify(Object.fromEntries(values));
}

/** Header names differ by more than letter case. */
export function keyOf(name: string): string {
	return name.trim().toLowerCase();
}

const SECRET_NAME =
	/^(?:proxy-)?authorization$|cookie|token|secret|passw(?:or)?d|credential|session|signature|api-?key|access-?key|(?:^|-)(?:key|auth|pat|jwt)$/;

/** Whether a header of this name mostly carries a secret. */
export function isSecretName(name: string): boolean {
	return SECRET_NAME.test(keyOf(name));
}

/** Whether a value is in clear in the flow that looks like a secret; `${NAME}` is an environment variable and holds none. */
export function liesInClear({ name, value = '', secret }: SavedHeader): boolean {
	if (secret !== undefined || value.trim() === '' || /^\$\{[^}\s]+\}$/.test(value)) return false;
	return isSecretName(name) || /^(?:basic|bearer|digest|token)\s+\S/i.test(value);
}

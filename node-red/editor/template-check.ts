/** Something that the compiler says about a template; lines from 1, columns in characters from 1, the end exclusive (J87). */
export interface TemplateFault {
	readonly message: string;
	/** Absent where the whole template is wrong. */
	readonly line?: number;
	readonly column?: number;
	readonly endLine?: number;
	readonly endColumn?: number;
}

type Answer = { readonly ok: true } | ({ readonly ok: false } & TemplateFault);

const MAX_KNOWN = 500;
const TIMEOUT_MS = 10_000;

/** Answers by text, oldest first; undefined is a right template. Validators cannot wait, so they look here. */
const known = new Map<string, TemplateFault | undefined>();
const asked = new Map<string, Promise<void>>();
let last: Promise<void> = Promise.resolve();

/** What is known to be wrong with a template; undefined too while nothing is known, so that nothing is refused by mistake. */
export function knownFault(template: string): TemplateFault | undefined {
	return known.get(template);
}

/**
 * Asks the server about a template, once per text and one after the other: a flow with many of them is no flood. Resolves when
 * it is answered, or cannot be (offline, not signed in); then the deploy will tell.
 */
export function askAbout(template: string): Promise<void> {
	if (template === '' || known.has(template)) return Promise.resolve();
	const running = asked.get(template);
	if (running) return running;
	last = last.then(() => ask(template)).finally(() => asked.delete(template));
	asked.set(template, last);
	return last;
}

async function ask(template: string): Promise<void> {
	try {
		// Relative, so that Node-RED adds its root and the user's token.
		const answer = (await $.ajax({
			url: 'sluice/template',
			method: 'POST',
			contentType: 'application/json',
			data: JSON.stringify({ template }),
			dataType: 'json',
			timeout: TIMEOUT_MS,
		})) as Answer;
		const [oldest] = known.keys();
		if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
		known.set(template, answer.ok ? undefined : answer);
	} catch {
		// Nothing is remembered: the next change asks again.
	}
}

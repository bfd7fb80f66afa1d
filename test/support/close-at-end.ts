interface Opened {
	readonly what: string;
	readonly close: () => Promise<void>;
}

const opened: Opened[] = [];

/** Has something that the whole run of mocha shares closed after the last test, in the reverse order of opening. */
export function closeAtEnd(what: string, close: () => Promise<void>): void {
	opened.push({ what, close });
}

/** Closes all of it. @returns what failed, in words */
export async function closeShared(): Promise<string[]> {
	const failed: string[] = [];
	for (const { what, close } of opened.splice(0).reverse()) {
		try {
			await close();
		} catch (error) {
			failed.push(`${what} could not be closed: ${String(error)}`);
		}
	}
	return failed;
}

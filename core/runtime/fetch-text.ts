/**
 * A small public document of a sender, such as its certificate: whoever is given this port decides nothing about where requests may go.
 * Redirects are not followed.
 *
 * @param url of the sender's own server, checked by whoever asks for it
 * @returns any status; of the text at most 64 KiB
 * @throws CoreError where nothing was answered within 10 s, or the address may not be reached; never the URL in a message
 */
export type FetchText = (
	url: string,
) => Promise<{ readonly status: number; readonly text: string }>;

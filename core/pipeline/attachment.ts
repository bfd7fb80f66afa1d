/** Holds a receiver or export in a pipeline. */
export interface Attachment {
	/** Resolves when the store knows the exports and deliveries run; rejects with what the store said. `accept` waits for it. */
	readonly ready: Promise<void>;
	/**
	 * Aborts deliveries, waits up to 5 s for them, then releases their leases; rows stay. Ends within 8 s, also where the store
	 * does not answer. Requests get 503 until the receiver is attached again, or 404 at once where it is `gone` for good.
	 */
	detach(o?: { readonly gone?: boolean }): Promise<void>;
}

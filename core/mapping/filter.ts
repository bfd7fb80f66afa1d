/** Decides whether an export takes an event. Absent or empty: it takes all of them. */
export interface Filter {
	/** Event types the export takes; none means all (D38). */
	readonly types?: readonly string[];
}

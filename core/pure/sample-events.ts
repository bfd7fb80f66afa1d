/**
 * An event of each type of the Data Connector, to test destinations with; pure, since a browser lists them too. Shapes are those of
 * `docs/spec/disruptive-data-connector.md`, section 8 (a test compares), values and ids are made up.
 */

/** Payload and type of device, by event type, in the order to show them. `updateTime` is added. */
const PAYLOADS = {
	touch: { device: 'touch', payload: {} },
	temperature: {
		device: 'temperature',
		payload: { value: 19.85, isBackfilled: false },
		sampled: ['value'],
	},
	objectPresent: { device: 'proximity', payload: { state: 'PRESENT' } },
	humidity: {
		device: 'humidity',
		payload: { temperature: 20.4, relativeHumidity: 47.5, isBackfilled: false },
		sampled: ['temperature', 'relativeHumidity'],
	},
	objectPresentCount: { device: 'proximityCounter', payload: { total: 318 } },
	touchCount: { device: 'touchCounter', payload: { total: 42 } },
	waterPresent: { device: 'waterDetector', payload: { state: 'NOT_PRESENT' } },
	networkStatus: {
		device: 'temperature',
		payload: {
			signalStrength: 71,
			rssi: -66,
			cloudConnectors: [{ id: '0sluicesample00ccn01', signalStrength: 71, rssi: -66 }],
			transmissionMode: 'LOW_POWER_STANDARD_MODE',
		},
	},
	batteryStatus: { device: 'touch', payload: { percentage: 93 } },
	labelsChanged: {
		device: 'temperature',
		payload: { added: { room: '12' }, modified: { name: 'Sluice test' }, removed: ['old'] },
		isUnkeyed: true,
	},
	connectionStatus: {
		device: 'ccon',
		payload: { connection: 'ETHERNET', available: ['ETHERNET', 'CELLULAR'] },
	},
	ethernetStatus: {
		device: 'ccon',
		payload: { macAddress: '02:00:5e:00:53:01', ipAddress: '192.0.2.10', errors: [] },
	},
	cellularStatus: { device: 'ccon', payload: { signalStrength: 58, errors: [] } },
	co2: { device: 'co2', payload: { ppm: 612 } },
	pressure: { device: 'co2', payload: { pascal: 101_250 } },
	motion: { device: 'motion', payload: { state: 'MOTION_DETECTED' } },
	deskOccupancy: { device: 'deskOccupancy', payload: { state: 'NOT_OCCUPIED', remarks: [] } },
	contact: { device: 'contact', payload: { state: 'CLOSED' } },
	probeWireStatus: { device: 'temperature', payload: { state: 'THREE_WIRE' } },
} as const satisfies Record<string, Sample>;

interface Sample {
	readonly device: string;
	readonly payload: Readonly<Record<string, unknown>>;
	/** What of the payload is repeated in `samples`. */
	readonly sampled?: readonly string[];
	/** It lies in `data` itself, without `updateTime` (D10). */
	readonly isUnkeyed?: true;
}

export type SampleType = keyof typeof PAYLOADS;

export const SAMPLE_TYPES = Object.keys(PAYLOADS) as SampleType[];

export function isSampleType(text: unknown): text is SampleType {
	return typeof text === 'string' && Object.hasOwn(PAYLOADS, text);
}

const PROJECT = '0sluicesample00proj1';
const DEVICE = '0sluicesample00devi1';

/**
 * The body of a push, as it would come from a Data Connector at this time.
 *
 * @param o.at milliseconds since the Unix epoch
 * @param o.eventId 20 characters of `0-9a-v`, new for each: receivers remember them (D33)
 */
export function sampleEvent(
	type: SampleType,
	o: { readonly at: number; readonly eventId: string },
): Readonly<Record<'event' | 'labels' | 'metadata', Readonly<Record<string, unknown>>>> {
	const sample: Sample = PAYLOADS[type];
	const timestamp = new Date(o.at).toISOString().replace('Z', '000Z');
	return {
		event: {
			eventId: o.eventId,
			targetName: `projects/${PROJECT}/devices/${DEVICE}`,
			eventType: type,
			data: dataOf(type, sample, timestamp),
			timestamp,
		},
		labels: { name: 'Sluice test', description: 'Made to test a destination' },
		metadata: {
			deviceId: DEVICE,
			projectId: PROJECT,
			deviceType: sample.device,
			productNumber: '',
		},
	};
}

function dataOf(
	type: string,
	{ payload, sampled, isUnkeyed }: Sample,
	time: string,
): Readonly<Record<string, unknown>> {
	if (isUnkeyed) return payload;
	const values = Object.fromEntries((sampled ?? []).map((name) => [name, payload[name]]));
	const samples = sampled ? { samples: [{ ...values, sampleTime: time }] } : {};
	return { [type]: { ...payload, ...samples, updateTime: time } };
}

import { randomBytes } from 'node:crypto';

/** What a sensor event of each type carries besides `updateTime` (spec/disruptive-data-connector.md, section 8). */
const READINGS: Readonly<Record<string, () => object>> = {
	touch: () => ({}),
	temperature: () => {
		const value = 18 + Math.round(Math.random() * 800) / 100;
		return {
			value,
			samples: [{ value, sampleTime: new Date().toISOString() }],
			isBackfilled: false,
		};
	},
	objectPresent: () => ({ state: Math.random() < 0.5 ? 'PRESENT' : 'NOT_PRESENT' }),
	humidity: () => ({
		temperature: 22.1,
		relativeHumidity: 30 + Math.round(Math.random() * 300) / 10,
	}),
	waterPresent: () => ({ state: 'NOT_PRESENT' }),
	networkStatus: () => ({
		signalStrength: 62,
		rssi: -74,
		transmissionMode: 'LOW_POWER_STANDARD_MODE',
	}),
	co2: () => ({ ppm: 400 + Math.floor(Math.random() * 900) }),
	contact: () => ({ state: Math.random() < 0.5 ? 'OPEN' : 'CLOSED' }),
};

export const EVENT_TYPES = Object.keys(READINGS);

/** Kind of push the simulator makes of an event. */
export type Kind = 'signed' | 'forged' | 'twice';

export interface SensorEvent {
	readonly eventId: string;
	readonly kind: Kind;
	/** Compact JSON, as the vendor sends it (D8–D13). */
	readonly body: string;
}

/** Every tenth event is signed with a wrong secret, every fifteenth is pushed twice. */
export function sensorEvent(number: number): SensorEvent {
	const eventType = EVENT_TYPES[number % EVENT_TYPES.length] ?? 'touch';
	const eventId = randomId();
	const device = `demo${String((number % 12) + 1).padStart(4, '0')}`;
	const timestamp = new Date().toISOString().replace('Z', '000Z');
	const body = JSON.stringify({
		event: {
			eventId,
			targetName: `projects/sluicedemo/devices/${device}`,
			eventType,
			data: { [eventType]: { ...READINGS[eventType]?.(), updateTime: timestamp } },
			timestamp,
		},
		labels: { name: `Room ${(number % 12) + 1}` },
		metadata: {
			deviceId: device,
			projectId: 'sluicedemo',
			deviceType: eventType,
			productNumber: '',
		},
	});
	const kind: Kind = number % 10 === 7 ? 'forged' : number % 15 === 4 ? 'twice' : 'signed';
	return { eventId, kind, body };
}

/** 20 characters of 0-9a-v, as the vendor's (D5). */
function randomId(): string {
	return [...randomBytes(20)].map((byte) => (byte % 32).toString(32)).join('');
}

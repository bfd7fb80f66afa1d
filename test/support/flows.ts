/** Builders of Node-RED flows for tests; every node sits on one tab. */
let y = 0;

export const TAB = { id: 'tab', type: 'tab', label: 'test', disabled: false, info: '' };

export function node(type: string, id: string, config: object, ...wires: string[][]): object {
	return { z: TAB.id, name: id, x: 200, y: (y += 60), ...config, id, type, wires };
}

export function aBuffer(config: object = {}): object {
	return {
		id: 'main',
		label: 'main',
		data: 'event',
		count: 1,
		time: '1s',
		size: '5MB',
		done: 'auto',
		ackTimeoutSeconds: 60,
		onMappingError: 'reject',
		...config,
	};
}

export function aReceiver(id: string, config: object = {}, ...wires: string[][]): object {
	return node(
		'sluice-receiver',
		id,
		{
			path: `/in/${id}`,
			auth: [{ kind: 'none' }],
			buffers: [aBuffer()],
			outputs: 1,
			store: '',
			configVersion: 1,
			...config,
		},
		...wires,
	);
}

/** http request → ack: reports the payload and settles by the answer. */
export function reportTo(url: string, id = 'report'): object[] {
	return [
		node(
			'http request',
			id,
			{
				method: 'POST',
				ret: 'txt',
				url,
				headers: [],
				senderr: false,
				paytoqs: 'ignore',
				persist: false,
			},
			[`${id}-ack`],
		),
		node('sluice-ack', `${id}-ack`, { mode: 'auto', configVersion: 1 }, []),
	];
}

import { openStore } from '../../core/buffer/open-store';
import { storeSuite } from './store-suite';

storeSuite('memory', (clock, logger) => openStore({ kind: 'memory', clock, logger }));

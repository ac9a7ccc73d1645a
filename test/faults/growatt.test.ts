import { testFaults } from './run.ts';

testFaults('growatt');

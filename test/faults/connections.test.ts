import { testFaults } from './run.ts';

testFaults('connections');

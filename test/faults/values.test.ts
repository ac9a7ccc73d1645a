import { testFaults } from './run.ts';

testFaults('values');

import { testFaults } from './run.ts';

testFaults('cloud');

import { testFaults } from './run.ts';

testFaults('start');

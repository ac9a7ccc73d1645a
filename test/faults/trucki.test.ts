import { testFaults } from './run.ts';

testFaults('trucki');

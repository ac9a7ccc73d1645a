import { testFaults } from './run.ts';

testFaults('restart');

import { testFaults } from './run.ts';

testFaults('stick');

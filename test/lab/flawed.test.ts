import { boxSuite } from './box-suite.ts';

boxSuite('flawed');

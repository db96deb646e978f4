import { boxSuite } from './box-suite.ts';

boxSuite('lan');

import fc from 'fast-check';

/**
 * The same random search every time, so that a red run is about the change; SEED=N searches elsewhere,
 * SEED=random everywhere. A failure prints the seed that found it.
 */
const wanted = process.env.SEED ?? '20261121';
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });

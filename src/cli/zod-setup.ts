import * as z from 'zod';

/**
 * Imported before anything that makes a schema. Each schema is used once or twice in a run: generating code
 * for it costs more than it saves, and the program needs no `new Function`.
 */
z.config({ jitless: true });

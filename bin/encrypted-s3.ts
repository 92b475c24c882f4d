#!/usr/bin/env node
import '../lib/cli/node-version.js';
import '../lib/cli/signals/signals.js';

import('./commands/umbrella.js').then(({ umbrella }) => umbrella().parseAsync());

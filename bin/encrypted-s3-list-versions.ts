#!/usr/bin/env node
import '../lib/cli/node-version.js';
import '../lib/cli/signals/signals.js';

import('./commands/list-versions.js').then(({ listVersionsCommand }) => listVersionsCommand().parseAsync());

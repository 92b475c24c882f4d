#!/usr/bin/env node
import '../lib/cli/node-version.js';

import('./commands/list-versions.js').then(({ listVersionsCommand }) => listVersionsCommand().parseAsync());

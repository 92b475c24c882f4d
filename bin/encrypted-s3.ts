#!/usr/bin/env node
import '../lib/cli/node-version.js';

import('./commands/umbrella.js').then(({ umbrella }) => umbrella().parseAsync());

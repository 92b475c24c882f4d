#!/usr/bin/env node
import '../lib/cli/node-version.js';
import '../lib/cli/signals/signals.js';

import('./commands/undelete.js').then(({ undeleteCommand }) => undeleteCommand().parseAsync());

#!/usr/bin/env node
import '../lib/cli/node-version.js';

import('./commands/undelete.js').then(({ undeleteCommand }) => undeleteCommand().parseAsync());

#!/usr/bin/env node
import '../lib/cli/node-version.js';
import '../lib/cli/signals/signals.js';

import('./commands/download-dir.js').then(({ downloadDirCommand }) => downloadDirCommand().parseAsync());

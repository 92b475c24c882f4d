#!/usr/bin/env node
import '../lib/cli/node-version.js';
import '../lib/cli/signals/signals.js';

import('./commands/download-key.js').then(({ downloadKeyCommand }) => downloadKeyCommand().parseAsync());

#!/usr/bin/env node
import '../lib/cli/node-version.js';

import('./commands/download-file.js').then(({ downloadFileCommand }) => downloadFileCommand().parseAsync());

// The steps of a backup run, once the lock is ours. What a step needs is loaded while the AWS CLI works on
// the step before: a run in which nothing changed is mostly start-up.
import { s3Url, type Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { bucketExists, holdsFiles, makeBucket } from '../aws/bucket.js';
import { connect } from '../aws/connect.js';
import type { BackupConfig } from '../config/read-config.js';
import type { CommandContext } from '../main.js';
import { isEscrowed } from '../run/escrow.js';
import { checkReservedName, refuseEmpty, resolveLocalDir } from '../run/local-dir.js';
import { acquireLockFolder } from '../run/lock-folder.js';
import { transfer } from '../run/transfer.js';
import { sideBySide } from '../side-by-side.js';
import { regularFiles, sample } from '../tree/files.js';

/** How many random files the verification may choose from: some may change during the run. */
const CANDIDATES = 10;

/**
 * @param lockDescriptor LOCAL_LOCK, locked
 * @returns whether every file could be read
 */
export async function backUp(
  config: BackupConfig,
  lockDescriptor: number,
  { log, interruption }: CommandContext,
): Promise<boolean> {
  const info = (message: string) => log.info(message);
  const { awsBucket: bucket, encryptionKey: key, remoteDirPrefix: prefix } = config;
  const aws = await connect({
    profile: config.awsProfile,
    region: config.awsRegion,
    endpointUrl: config.awsEndpointUrl,
    netTimeout: config.awsNetTimeout,
    environment: config.environment,
    bucket,
    interruption,
    log: info,
    lockDescriptor,
  });
  const localDir = await resolveLocalDir(config.localDir);
  if (prefix === '') await checkReservedName(localDir);

  const started = Date.now();
  let unreadable: string | undefined;
  const existence = bucketExists(aws);
  const escrow = isEscrowed(aws);
  const lockFolder = acquireLockFolder(config.localLock, interruption, info);
  log.info(`Starting with config "${config.file}"...`);
  try {
    const [exists, , candidates] = await sideBySide(
      existence,
      lockFolder,
      sample(
        regularFiles(localDir, config.followSymlinks, (path) => {
          unreadable = path;
        }),
        CANDIDATES,
      ),
      escrow.catch(() => undefined),
    );
    if (!exists)
      await makeBucket(aws, { region: config.awsRegion, retentionDays: config.awsRetentionDays }, info);
    // It may have failed for want of the bucket, which holds nothing when it has just been made.
    const escrowed = exists && (await escrow);
    if (exists && candidates.length === 0 && (await holdsFiles(aws, prefix))) {
      refuseEmpty(localDir, s3Url({ bucket, key: prefix }));
    }

    const { followSymlinks, awsStorageClass: storageClass } = config;
    const deleteGone = unreadable === undefined;
    if (!deleteGone) log.warn(`"${unreadable}" can't be read. Nothing is deleted in the bucket in this run.`);
    const upload: Upload = { localDir, bucket, prefix, followSymlinks, storageClass, deleteGone };
    const [complete, { verifyRandomFile }] = await sideBySide(
      transfer(aws, key, upload, log),
      import('../run/random-file.js'),
    );
    await sideBySide(
      verifyRandomFile(aws, key, upload, candidates, started, info),
      writeList(aws, config.localList, prefix),
    );
    if (!escrowed) log.warn('You have not backed up your encryption key, yet.');
    log.info('All done.');
    return complete;
  } finally {
    const release = await lockFolder.catch(() => undefined);
    await release?.();
  }
}

/** Most configs ask for no list: what writes it is loaded only then. */
async function writeList(aws: AwsCli, file: string | undefined, prefix: string): Promise<void> {
  if (file === undefined) return;
  const { writeLocalList } = await import('../run/local-list.js');
  await writeLocalList(aws, file, prefix);
}

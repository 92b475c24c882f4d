/** The answers of an instant `aws`. Paths must have no blanks. */
export interface Answers {
  readonly bucket: string;
  /** A file with the listing of the bucket, as `aws s3api list-objects-v2` prints it. */
  readonly listing: string;
  /** The content of every object. */
  readonly content: string;
  /** An empty folder for the record of the last run. */
  readonly record: string;
  /** A folder with all objects as files, whose mtimes are those of the listing. */
  readonly objects?: string;
}

/**
 * A shell script that answers the calls of a run without changes at once, like the AWS CLI: the calls of the original
 * and ours.
 */
export function instantAws({ bucket, listing, content, record, objects = '/nowhere' }: Answers): string {
  return `#!/bin/sh
case "$*" in
  *list-buckets*) echo ${bucket} ;;
  *"s3 cp - "*backup.info/probe/*) cat > ${content}.probe ;;
  *"s3 cp "*backup.info/probe/*) cat ${content}.probe ;;
  *get-bucket-versioning*) echo Enabled ;;
  *--prefix=backup.info/key/data*) echo '{"Contents": [{"Key": "backup.info/key/data"}]}' ;;
  *list-objects-v2*) cat ${listing} ;;
  *last-run.json*) cat ${record}/last-run.json 2>/dev/null ||
    { echo 'fatal error: An error occurred (404) when calling the HeadObject operation: Not Found' >&2; exit 1; } ;;
  *"s3 ls"*) echo '2026-01-01 00:00:00 65 backup.info/key/data' ;;
  *"s3 sync s3://"*) for argument; do case "$argument" in */bulk) cp -a ${objects}/. "$argument" ;; esac; done ;;
  *"s3 sync"*) ;;
  *tree.ndjson.gz*) for argument; do case "$argument" in /*) cp ${record}/tree.ndjson.gz "$argument" ;; esac; done ;;
  *--recursive*) for argument; do case "$argument" in */record) cp -r "$argument"/. ${record} ;; esac; done ;;
  *head-object*VersionId*) echo None ;;
  *head-object*--sse* | *delete-object*) ;;
  *get-object*--sse*) echo 'An error occurred (403) when calling the GetObject operation: Forbidden' >&2; exit 1 ;;
  *get-object*) echo 'An error occurred (400) when calling the GetObject operation: Bad Request' >&2; exit 1 ;;
  *too_short* | *12345678901234567890123456789012*)
    echo 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden' >&2; exit 1 ;;
  *"s3 cp "*" - --sse-c"*) cat ${content} ;;
  *"s3 cp "*--sse-c*) for argument; do case "$argument" in */just-downloaded) cp ${content} "$argument" ;; esac; done ;;
  *"s3 cp "*) echo 'fatal error: An error occurred (400) when calling the HeadObject operation: Bad Request' >&2; exit 1 ;;
  *) echo "instant aws: unexpected: $*" >&2; exit 99 ;;
esac
`;
}

// Where a child writes what has to stay apart from its standard output, which `aws s3api get-object` describes the object
// on: a descriptor that it inherits. It has to be that of a file, since Node's pipes can't be opened by their /dev/fd path.

/** Descriptor number in the child, after standard input, output and error, the key and the lock. */
export const OUTPUT_CHILD_DESCRIPTOR = 5;
/** What the AWS CLI is told to write to. */
export const OUTPUT_FILE = `/dev/fd/${OUTPUT_CHILD_DESCRIPTOR}`;

/** How the folders begin that restores keep in their destinations until they have ended. */
export const STAGE_NAME = '.encrypted-s3-restore-';

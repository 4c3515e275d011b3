/** Photos that wait on the phone. Pure. */
import type { Id } from "./types";

/** The longest side that is kept of a photo: enough to read a label on a pipe. */
const SIDE = 2048;

export interface Waiting {
  id: string;
  /** Whose it is, and of which plan. */
  plan: string;
  task: Id;
  photo: Blob;
  /** Whether it was submitted and only the connection is missing. */
  sent: boolean;
}

/** The measures of a picture that fits into a square, never larger than it is. */
export function fitted(width: number, height: number, side = SIDE): [number, number] {
  const share = Math.min(1, side / Math.max(width, height, 1));
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
}

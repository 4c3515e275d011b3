/** How many things stand side by side in a row: pure, so that it can be proved. */

/**
 * Which of the things fit into `room`, kept in their order. Where not all do, `more` is taken off the room for the
 * button that holds the others, and the one at `must` is shown in place of the last that fits.
 */
export function fitting(widths: readonly number[], room: number, more: number, must = -1): boolean[] {
  if (widths.reduce((sum, width) => sum + width, 0) <= room) return widths.map(() => true);
  const needed = must >= 0 ? (widths[must] ?? 0) : 0;
  let left = room - more - needed;
  let full = false;
  return widths.map((width, index) => {
    if (index === must) return true;
    if (full || width > left) {
      full = true;
      return false;
    }
    left -= width;
    return true;
  });
}

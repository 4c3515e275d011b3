/** Where a floating box goes beside what opened it. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Below and left-aligned with `anchor`, right-aligned or above where the window ends; never beyond `margin` of its edges. */
export function place(anchor: Box, size: { width: number; height: number }, window: { width: number; height: number }, gap = 6, margin = 8): { left: number; top: number } {
  let left = anchor.left;
  if (left + size.width > window.width - margin) left = anchor.left + anchor.width - size.width;
  left = Math.max(margin, Math.min(left, window.width - margin - size.width));
  let top = anchor.top + anchor.height + gap;
  if (top + size.height > window.height - margin) {
    const above = anchor.top - gap - size.height;
    top = above >= margin ? above : Math.max(margin, window.height - margin - size.height);
  }
  return { left: Math.round(left), top: Math.round(top) };
}

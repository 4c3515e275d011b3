/** Whether the screen is a phone's: the same width at which the stylesheet turns to one column. */
export const narrow = matchMedia("(max-width: 700px)");

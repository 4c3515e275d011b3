/** What a reader chose for a plan, kept in this browser: columns, widths, what is folded, and edits that still wait. */
export interface Keep {
  /** Whose it is, and of which plan. */
  readonly name: string;
  read(name: string): unknown;
  write(name: string, value: unknown): void;
}

/** Columns and widths hold for every plan, the rest for the one. */
export function keepFor(plan: string): Keep {
  const key = (name: string) => (name === "columns" || name === "split" ? `plan:${name}` : `plan:${plan}:${name}`);
  return {
    name: plan,
    read(name) {
      try {
        return JSON.parse(localStorage.getItem(key(name)) ?? "null") as unknown;
      } catch {
        return null;
      }
    },
    write(name, value) {
      try {
        if (Array.isArray(value) && value.length === 0) localStorage.removeItem(key(name));
        else localStorage.setItem(key(name), JSON.stringify(value));
      } catch {
        // A browser that keeps nothing still shows the plan.
      }
    },
  };
}

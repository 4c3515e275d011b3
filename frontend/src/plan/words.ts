/** What is said to people: texts that the template brings, since only the server translates. */

export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** A text by its key with {name} filled in; where `n` is 1, the text of KEY_one goes first. */
export function sayer(words: Readonly<Record<string, string>>): Say {
  return (key, values) => {
    const text = (values?.["n"] === 1 ? words[`${key}_one`] : undefined) ?? words[key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole)) : text;
  };
}

/** The JSON of a script element that the template wrote. */
export function jsonOf<T>(id: string, otherwise: T): T {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : otherwise;
}

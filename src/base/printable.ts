/**
 * What a terminal or an editor would act on instead of showing it: control characters with escape sequences among
 * them, marks that change the direction of text, line separators, halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** A text on one line, with a blank in place of each character that is not to be shown. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** A JSON text with these characters as escapes, which JSON allows within strings; they occur nowhere else. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

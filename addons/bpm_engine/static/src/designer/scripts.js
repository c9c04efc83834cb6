/**
 * Lines `value = expression` of a script task as rows, and back. The same language as in
 * Python (engine/scripts.py); a row that is not complete stays a line, which is then named
 * by the check.
 */
const LINE = /^([A-Za-z][A-Za-z0-9_]*)?\s*=(?!=)\s*(.*)$/;

/** Rows {name, expression}; null when there are lines that are no assignments. */
export function parseScript(text) {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const rows = [];
    for (const line of lines.filter(Boolean)) {
        const match = LINE.exec(line);
        if (!match) {
            return null;
        }
        rows.push({ name: match[1] || "", expression: match[2] });
    }
    return rows;
}

export function composeScript(rows) {
    return rows.map(({ name, expression }) => `${name} = ${expression}`).join("\n");
}

/** A name as the language allows it: letters of English, digits and underscores. */
export function plainName(text) {
    return text
        .trim()
        .replace(/[^A-Za-z0-9_]+/g, "_")
        .replace(/^[^A-Za-z]+/, "");
}

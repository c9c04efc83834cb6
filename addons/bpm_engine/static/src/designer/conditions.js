/**
 * Conditions on flows: rows that people fill in, from and to the expression language.
 *
 * A row is {kind: outcome|record|variable, name, op, value}; rows are joined by all or
 * any. What rows cannot say is kept as text and edited as text.
 */

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const LEFT = new RegExp(
    `^(?:(outcome)|outcomes\\.(${NAME})|record\\.(${NAME}(?:\\.${NAME})*)|(${NAME}))$`
);
const RESERVED = new Set(["and", "or", "not", "in", "True", "False", "None"]);

function quote(value) {
    return `'${String(value).replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;
}

function unquote(token) {
    return token.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** A number, True/False and dates by words stand bare; all else is quoted. */
export function literal(value, type) {
    const text = String(value ?? "").trim();
    if (["integer", "float", "monetary", "number"].includes(type)) {
        return text && !isNaN(Number(text.replace(",", "."))) ? text.replace(",", ".") : "0";
    }
    if (type === "boolean") {
        return text === "False" ? "False" : "True";
    }
    if (["date", "datetime"].includes(type) && /^(today|now)\(\)/.test(text)) {
        return text;
    }
    return quote(text);
}

function leftOf(row) {
    if (row.kind === "outcome") {
        return row.name ? `outcomes.${row.name}` : "outcome";
    }
    return row.kind === "record" ? `record.${row.name}` : row.name;
}

export function composeRow(row) {
    const left = leftOf(row);
    if (row.op === "set") {
        return left;
    }
    if (row.op === "unset") {
        return `not ${left}`;
    }
    if (row.op === "contains") {
        return `${quote(String(row.value ?? "").toLowerCase())} in lower(${left})`;
    }
    return `${left} ${row.op} ${literal(row.value, row.type || "char")}`;
}

export function isComplete(row) {
    const named = row.kind === "outcome" || Boolean(row.name);
    const needsValue = !["set", "unset"].includes(row.op);
    return named && (!needsValue || String(row.value ?? "") !== "");
}

/** The expression of the rows that are complete. */
export function compose(rows, join) {
    return rows
        .filter(isComplete)
        .map(composeRow)
        .join(join === "any" ? " or " : " and ");
}

/** Pieces between top-level and/or; null when they are mixed or nested. */
function split(text) {
    const pieces = [];
    const joins = new Set();
    let piece = "";
    const tokens = text.match(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\b\w+\b|\s+|./gs) || [];
    for (const token of tokens) {
        if (token === "and" || token === "or") {
            joins.add(token);
            pieces.push(piece.trim());
            piece = "";
        } else {
            piece += token;
        }
    }
    pieces.push(piece.trim());
    return joins.size > 1 ? null : { pieces, join: joins.has("or") ? "any" : "all" };
}

function parseLeft(text) {
    const match = LEFT.exec(text);
    if (!match || RESERVED.has(text)) {
        return null;
    }
    if (match[1] || match[2]) {
        return { kind: "outcome", name: match[2] || "" };
    }
    return match[3] ? { kind: "record", name: match[3] } : { kind: "variable", name: match[4] };
}

function parseValue(text) {
    if (/^'(?:\\.|[^'\\])*'$|^"(?:\\.|[^"\\])*"$/.test(text)) {
        return { value: unquote(text), type: "char" };
    }
    if (/^-?\d+(\.\d+)?$/.test(text)) {
        return { value: text, type: "float" };
    }
    if (text === "True" || text === "False") {
        return { value: text, type: "boolean" };
    }
    const relative = /^(today|now)\(\)(\s*[+-]\s*(days|hours)\(\d+\))?$/;
    return relative.test(text) ? { value: text, type: "date" } : null;
}

function parseRow(text) {
    const contains = /^('(?:\\.|[^'\\])*')\s+in\s+lower\(([\w.]+)\)$/.exec(text);
    if (contains) {
        const left = parseLeft(contains[2]);
        return left && { ...left, op: "contains", value: unquote(contains[1]), type: "char" };
    }
    const comparison = /^([\w.]+)\s*(==|!=|>=|<=|>|<)\s*(.+)$/s.exec(text);
    if (comparison) {
        const left = parseLeft(comparison[1]);
        const right = parseValue(comparison[3].trim());
        return left && right && { ...left, op: comparison[2], ...right };
    }
    const unset = /^not\s+([\w.]+)$/.exec(text);
    const left = parseLeft(unset ? unset[1] : text);
    return left && { ...left, op: unset ? "unset" : "set", value: "" };
}

/** {rows, join}; null when the text says more than rows can. */
export function parse(text) {
    const expression = (text || "").trim();
    if (!expression) {
        return { rows: [], join: "all" };
    }
    const parts = split(expression);
    const rows = parts && parts.pieces.map(parseRow);
    return rows && rows.every(Boolean) ? { rows, join: parts.join } : null;
}

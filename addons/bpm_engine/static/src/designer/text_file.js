const MARKS = [
    ["utf-8", [0xef, 0xbb, 0xbf]],
    ["utf-16le", [0xff, 0xfe]],
    ["utf-16be", [0xfe, 0xff]],
];
const DECLARED = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/;

/**
 * Text of an XML file in the encoding it has: its byte order mark says so, else its first
 * line, else it is UTF-8. Older tools write windows-1251 and the like.
 *
 * @param {Blob} file
 * @returns {Promise<string>}
 */
export async function textOf(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes) {
    const marked = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
    if (marked) {
        return marked[0];
    }
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
    const [, name] = DECLARED.exec(head) || [];
    try {
        const { encoding } = new TextDecoder(name);
        // It says UTF-16 in single bytes: whoever converted the file left its first line.
        return encoding.startsWith("utf-16") ? "utf-8" : encoding;
    } catch {
        return "utf-8";
    }
}

const STEP = /(?:[tT]ask|Event|Gateway|[sS]ubProcess|callActivity|sequenceFlow)$/;

/**
 * Whether everything that flows has its place on the canvas: what has none would be invisible
 * there. Other tools save files without a layout, or with one of a part.
 *
 * @param {string} xml
 * @returns {boolean}
 */
export function isLaidOut(xml) {
    const elements = [
        ...new DOMParser().parseFromString(xml, "text/xml").getElementsByTagName("*"),
    ];
    const placed = new Set(elements.map((element) => element.getAttribute("bpmnElement")));
    return elements
        .filter((element) => element.hasAttribute("id") && STEP.test(element.localName))
        .every((element) => placed.has(element.id));
}

/**
 * How often a step is done, as plain values, from and to BPMN's loop characteristics.
 *
 * Kinds: "" once, "list" for each item of a list, "times" so many times, "again" as long as
 * a condition holds. What another tool wrote besides stays where it is, whatever is changed.
 */
const MANY = "bpmn:MultiInstanceLoopCharacteristics";
const AGAIN = "bpmn:StandardLoopCharacteristics";

/** Our attributes, and where the standard says the same. */
const OWN = {
    collection: "loopDataInputRef",
    elementVariable: "inputDataItem",
    outputCollection: "loopDataOutputRef",
    outputElement: "outputDataItem",
};
const EXPRESSIONS = {
    times: "loopCardinality",
    enough: "completionCondition",
    condition: "loopCondition",
};
/** What only the one or the other of the two ways to count means. */
const OF_LIST = Object.keys(OWN);
const OF_TIMES = ["times"];

function bodyOf(expression) {
    return expression?.body || "";
}

function nameOf(item) {
    return item?.name || item?.id || "";
}

/** @returns {{kind: string}} and what is said about that kind */
export function readLoop(businessObject) {
    const loop = businessObject.get("loopCharacteristics");
    if (!loop) {
        return { kind: "" };
    }
    if (loop.$type === AGAIN) {
        return {
            kind: "again",
            condition: bodyOf(loop.get("loopCondition")),
            maximum: loop.get("loopMaximum") ? String(loop.get("loopMaximum")) : "",
            before: Boolean(loop.get("testBefore")),
        };
    }
    const values = {
        sequential: Boolean(loop.get("isSequential")),
        times: bodyOf(loop.get("loopCardinality")),
        enough: bodyOf(loop.get("completionCondition")),
    };
    for (const [own, standard] of Object.entries(OWN)) {
        values[own] = loop.get(`bpm:${own}`) || nameOf(loop.get(standard));
    }
    // The engine goes by the list where both are said.
    return { kind: values.times && !values.collection ? "times" : "list", ...values };
}

/** One property of the diagram for one of our values. */
function properties(diagram, loop, name, value) {
    if (name in EXPRESSIONS) {
        const body = value && diagram.create("bpmn:FormalExpression", { body: value });
        if (body) {
            body.$parent = loop;
        }
        return { [EXPRESSIONS[name]]: body || undefined };
    }
    if (name in OWN) {
        // Emptied, what another tool says about it would come back.
        return {
            [`bpm:${name}`]: value || undefined,
            ...(value ? {} : { [OWN[name]]: undefined }),
        };
    }
    if (name === "maximum") {
        return { loopMaximum: Number.parseInt(value) > 0 ? Number.parseInt(value) : undefined };
    }
    return { [name === "before" ? "testBefore" : "isSequential"]: Boolean(value) };
}

function allProperties(diagram, loop, values) {
    return Object.assign(
        {},
        ...Object.entries(values).map(([name, value]) => properties(diagram, loop, name, value))
    );
}

/** Change single values of the repetition that is there. */
export function changeLoop(diagram, element, values) {
    const loop = element.businessObject.get("loopCharacteristics");
    diagram.setProperties(element, loop, allProperties(diagram, loop, values));
}

/** Another kind of repetition, with the values it begins with. */
export function setLoopKind(diagram, element, kind, values) {
    const { businessObject } = element;
    const loop = businessObject.get("loopCharacteristics");
    const type = kind === "again" ? AGAIN : MANY;
    if (kind && loop?.$type === type) {
        const gone = kind === "times" ? OF_LIST : OF_TIMES;
        const emptied = Object.fromEntries(gone.map((name) => [name, ""]));
        changeLoop(diagram, element, { ...emptied, ...values });
        return;
    }
    const fresh = kind ? diagram.create(type) : undefined;
    if (fresh) {
        fresh.$parent = businessObject;
        for (const [name, value] of Object.entries(allProperties(diagram, fresh, values))) {
            fresh.set(name, value);
        }
    }
    diagram.setProperties(element, businessObject, { loopCharacteristics: fresh });
}

/**
 * Lists that other tools name without drawing them as data: bpmn.io would drop such a name
 * with the next stroke, so it is kept as our own attribute of the same meaning.
 *
 * @param {Array<{element: Object, property: string, value: string}>} warnings of importXML
 */
export function keepLists(warnings) {
    for (const { element, property, value } of warnings || []) {
        const own = OF_LIST.find((name) => property === `bpmn:${OWN[name]}`);
        if (own && element?.$type === MANY && value && !element.get(`bpm:${own}`)) {
            element.set(`bpm:${own}`, value);
        }
    }
}

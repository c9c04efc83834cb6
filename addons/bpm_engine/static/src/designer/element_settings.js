/**
 * Settings of an element, as plain objects, from and to its extension elements.
 *
 * The same names as in Python: assignment, deadline, escalation, approval, action,
 * outcomes, fields; ``instruction`` is the BPMN documentation.
 */
export const KINDS = {
    assignment: { type: "bpm:Assignment" },
    deadline: { type: "bpm:Deadline" },
    escalation: { type: "bpm:Escalation" },
    outcomes: { type: "bpm:Outcome", many: true },
    fields: { type: "bpm:Field", many: true },
    approval: { type: "bpm:Approval", children: { approvers: "bpm:Approver" } },
    action: { type: "bpm:Action", children: { parameters: "bpm:Parameter" } },
};

function extensionsOf(businessObject) {
    return businessObject.get("extensionElements")?.get("values") || [];
}

function toPlain(moddleElement) {
    const result = {};
    for (const property of moddleElement.$descriptor.properties) {
        const value = moddleElement.get(property.name);
        if (property.isMany) {
            result[property.name] = (value || []).map(toPlain);
        } else if (value !== undefined && value !== "") {
            result[property.name] = value;
        }
    }
    return result;
}

/** One kind of settings: an object or null, or a list for a repeated one. */
export function readKind(businessObject, kind) {
    const { type, many } = KINDS[kind];
    const found = extensionsOf(businessObject)
        .filter((element) => element.$type === type)
        .map(toPlain);
    return many ? found : found[0] || null;
}

export function readInstruction(businessObject) {
    return businessObject.get("documentation")?.[0]?.text || "";
}

/** All settings, as Python keeps them on bpm.element (parameters by name). */
export function readSettings(businessObject) {
    const settings = {};
    for (const kind of Object.keys(KINDS)) {
        const value = readKind(businessObject, kind);
        if (value && (!Array.isArray(value) || value.length)) {
            settings[kind] = value;
        }
    }
    if (settings.action) {
        const pairs = settings.action.parameters.map(({ name, value }) => [name, value || ""]);
        settings.action = { ...settings.action, parameters: Object.fromEntries(pairs) };
    }
    const instruction = readInstruction(businessObject);
    return instruction ? { ...settings, instruction } : settings;
}

/** The other way round: what bpm.element keeps, as the kinds of the diagram. */
export function fromStored(settings) {
    const { action } = settings;
    if (!action || Array.isArray(action.parameters)) {
        return settings;
    }
    const parameters = Object.entries(action.parameters || {}).map(([name, value]) => ({
        name,
        value: String(value),
    }));
    return { ...settings, action: { ...action, parameters } };
}

function text(value) {
    return value === undefined || value === null || value === false ? undefined : String(value);
}

/** Extension elements of one kind with the other kinds kept; null when nothing is left. */
export function withKind(businessObject, kind, value, create) {
    const { type, many, children = {} } = KINDS[kind];
    const wanted = many ? value || [] : value ? [value] : [];
    const made = wanted.map((plain) => build(type, plain, children, create));
    const others = extensionsOf(businessObject).filter((element) => element.$type !== type);
    return [...others, ...made];
}

function build(type, plain, children, create) {
    const values = {};
    for (const [name, value] of Object.entries(plain)) {
        if (children[name]) {
            values[name] = value.map((inner) => build(children[name], inner, {}, create));
        } else if (text(value)) {
            values[name] = text(value);
        }
    }
    const element = create(type, values);
    for (const name of Object.keys(children)) {
        for (const inner of values[name] || []) {
            inner.$parent = element;
        }
    }
    return element;
}

const ASSIGNMENT = ["kind", "user", "group", "role", "element"];

function attributes(...names) {
    return names.map((name) => ({ name, isAttr: true, type: "String" }));
}

function child(name, properties) {
    return { name, superClass: ["Element"], properties };
}

/** Our attributes in a BPMN file, for bpmn-js to read and write them. */
export const BPM_MODDLE = {
    name: "Processes",
    prefix: "bpm",
    uri: "urn:crm-bpm:bpmn:1",
    xml: { tagAlias: "lowerCase" },
    associations: [],
    types: [
        child("Assignment", attributes(...ASSIGNMENT)),
        child("Deadline", attributes("amount", "unit", "basis", "path", "remind")),
        child("Escalation", attributes(...ASSIGNMENT, "action", "again")),
        child("Outcome", attributes("key", "label", "style", "comment")),
        child("Field", attributes("name", "required", "readonly")),
        child("Approver", attributes(...ASSIGNMENT)),
        child("Approval", [
            ...attributes("mode", "quorum", "order"),
            { name: "approvers", type: "Approver", isMany: true },
        ]),
        child("Parameter", attributes("name", "value")),
        child("Action", [
            ...attributes("name", "async"),
            { name: "parameters", type: "Parameter", isMany: true },
        ]),
        {
            name: "TimerBasis",
            extends: ["bpmn:TimerEventDefinition"],
            properties: attributes("basis"),
        },
        {
            name: "Repetition",
            extends: ["bpmn:MultiInstanceLoopCharacteristics"],
            properties: attributes(
                "collection",
                "elementVariable",
                "outputCollection",
                "outputElement"
            ),
        },
    ],
    enumerations: [],
};

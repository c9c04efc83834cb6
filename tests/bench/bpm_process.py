"""Processes for the benches of the engine: drawn and published."""

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:bench" id="D">'
    '<message id="Go" name="go"/>'
)
CHECK = (
    '<exclusiveGateway id="Which{n}" name="Which?" default="Which{n}_Note{n}"/>'
    '<serviceTask id="Note{n}" name="Note"><extensionElements>'
    '<bpm:action name="bench_note" async="false"/></extensionElements></serviceTask>'
    '<endEvent id="Other{n}" name="Other"/>'
    '<sequenceFlow id="Which{n}_Other{n}" sourceRef="Which{n}" targetRef="Other{n}">'
    '<conditionExpression xsi:type="tFormalExpression">outcome == "other"'
    "</conditionExpression></sequenceFlow>"
)
#: Quoted, because the library takes times for Python; the product takes both.
WAITS = {
    "user": '<userTask id="{id}" name="{id}"><extensionElements>'
    '<bpm:assignment kind="starter"/></extensionElements></userTask>',
    "timer": '<intermediateCatchEvent id="{id}" name="{id}"><timerEventDefinition>'
    "<timeDuration>'PT1H'</timeDuration></timerEventDefinition></intermediateCatchEvent>",
    "message": '<intermediateCatchEvent id="{id}" name="{id}">'
    '<messageEventDefinition messageRef="Go"/></intermediateCatchEvent>',
}


def draw(key: str, *kinds: str) -> str:
    """A process that waits once for each kind; behind each a choice and a service.

    Ten elements for two waits, as in the study of the library.
    """
    body = ['<startEvent id="Begin" name="Begin"/>', '<endEvent id="Finish" name="Finish"/>']
    order = ["Begin"]
    for n, kind in enumerate(kinds):
        body += [WAITS[kind].format(id=f"Wait{n}"), CHECK.format(n=n)]
        order += [f"Wait{n}", f"Which{n}", f"Note{n}"]
    order.append("Finish")
    flows = "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in zip(order, order[1:], strict=False)
    )
    process = f'<process id="{key}" isExecutable="true">{"".join(body)}{flows}</process>'
    return f"{HEAD}{process}</definitions>"


def publish(env, key: str, xml: str, **values):
    """A process with this drawing in use, started by hand or from anywhere."""
    if not env["bpm.action"].search([("key", "=", "bench_note")]):
        env["bpm.action"].create({"name": "Note", "key": "bench_note", "kind": "set"})
    process = env["bpm.process"].search([("key", "=", key)])
    if not process:
        process = env["bpm.process"].create(
            {"name": key, "key": key, "owner_id": env.ref("base.user_admin").id, **values}
        )
    version = process.draft_version_id or process.published_version_id.action_new_draft_version()
    version.bpmn_xml = xml
    version.action_publish()
    return process

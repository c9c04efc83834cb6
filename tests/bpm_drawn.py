"""Small processes for tests with servers: drawn by a few lines, published in a shell."""

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:test" id="D">'
)

PUBLISH = """
process = env["bpm.process"].create({{
    "name": {key!r}.title(), "key": {key!r}, "model_id": env["ir.model"]._get_id("res.partner"),
    "owner_id": env.ref("base.user_admin").id}})
version = process.draft_version_id
version.bpmn_xml = {xml!r}
version.action_publish()
"""


def draw(key: str, *body: str, flows=(), roots="") -> str:
    """BPMN of a process. :param flows: "source target" each."""
    lines = [
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in map(str.split, flows)
    ]
    inner = "".join([*body, *lines])
    return f'{HEAD}{roots}<process id="{key}" isExecutable="true">{inner}</process></definitions>'


def publish(key: str, xml: str) -> str:
    """Code for a shell that puts the process to use on contacts."""
    return PUBLISH.format(key=key, xml=xml)


def start() -> str:
    return '<startEvent id="Start" name="Start"/>'


def end() -> str:
    return '<endEvent id="End" name="End"/>'


def task(name: str, *outcomes: str) -> str:
    """A task for whoever started the process."""
    buttons = "".join(f'<bpm:outcome key="{key}" label="{key.title()}"/>' for key in outcomes)
    return (
        f'<userTask id="{name}" name="{name}"><extensionElements><bpm:assignment kind="starter"/>'
        f"{buttons}</extensionElements></userTask>"
    )


def service(name: str, action: str, background: bool) -> str:
    return (
        f'<serviceTask id="{name}" name="{name}"><extensionElements><bpm:action name="{action}"'
        f' async="{str(background).lower()}"/></extensionElements></serviceTask>'
    )


def catch_message(name: str, message: str) -> str:
    """Waits for a message declared among the roots by :func:`message`."""
    return (
        f'<intermediateCatchEvent id="{name}" name="{name}">'
        f'<messageEventDefinition messageRef="M_{message}"/></intermediateCatchEvent>'
    )


def message(name: str) -> str:
    return f'<message id="M_{name}" name="{name}"/>'


def timer(name: str, duration: str) -> str:
    return (
        f'<intermediateCatchEvent id="{name}" name="{name}"><timerEventDefinition>'
        f"<timeDuration>{duration}</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    )

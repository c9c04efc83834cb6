"""The soak's second drawing: all that the engine keeps beside the one list of tokens."""

from tests.soak_checks import EACH, TOTALS, Expected
from tests.soak_scripts import flows

_TASK = """<userTask id="{0}" name="{0}"><extensionElements><bpm:assignment kind="starter"/>
   </extensionElements>{1}</userTask>"""
_HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:soak" id="D">
<process id="%s" isExecutable="true"><startEvent id="Start" name="Start"/>"""
_TWO = """<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
   </multiInstanceLoopCharacteristics>"""

#: Two people at once; a sub-process with a task that a timer takes away, then a background
#: step does something instead; a called process.
DRAWING = (
    _HEAD % "soak"
    + _TASK.format("People", _TWO)
    + '<subProcess id="Part" name="Part"><startEvent id="PartStart" name="PartStart"/>'
    + _TASK.format("Inner", "")
    + """<boundaryEvent id="Late" name="Late" attachedToRef="Inner"><timerEventDefinition>
      <timeDuration>PT2S</timeDuration></timerEventDefinition></boundaryEvent>
    <serviceTask id="Send" name="Send"><extensionElements><bpm:action name="soak_async"
      async="true"/></extensionElements></serviceTask>
    <endEvent id="PartEnd" name="PartEnd"/><endEvent id="PartLate" name="PartLate"/>"""
    + flows("PartStart Inner", "Inner PartEnd", "Late Send", "Send PartLate")
    + """</subProcess><callActivity id="Call" name="Call" calledElement="called"/>
    <endEvent id="End" name="End"/>"""
    + flows("Start People", "People Part", "Part Call", "Call End")
    + "</process></definitions>"
)
CALLED = (
    _HEAD % "called"
    + _TASK.format("Visit", "")
    + '<endEvent id="End" name="End"/>'
    + flows("Start Visit", "Visit End")
    + "</process></definitions>"
)


def _not_so_often(places, number):
    """Runs that passed places (element, event) not exactly so often."""
    return f"""SELECT instance_id, count(*) FROM bpm_log WHERE (element, event) IN ({places})
        GROUP BY 1 HAVING count(*) <> {number}"""


EXPECTED = Expected(
    {"People [child]", "Inner", "Visit"},
    set(),
    {"Send"},
    {
        "runs": EACH["runs"],
        "people": _not_so_often("('People', 'left')", 2),
        "one way out of the task": _not_so_often("('Inner', 'left'), ('Late', 'fired')", 1),
        "parts": _not_so_often("('Part', 'left'), ('Call', 'left'), ('Visit', 'left')", 3),
        "tasks": "SELECT instance_id, count(*) FROM bpm_task GROUP BY 1 HAVING count(*) <> 4",
        "open": EACH["open"].replace(
            "bpm_task WHERE state <> 'done'", "bpm_task WHERE state = 'todo'"
        ),
        "effects": """SELECT i.id FROM bpm_instance i JOIN res_partner p ON p.id = i.res_id
            WHERE (SELECT count(*) FROM res_partner_category c
                    WHERE c.name->>'en_US' = p.name AND c.color = 2)
               <> (SELECT count(*) FROM bpm_log l WHERE l.instance_id = i.id
                    AND (l.element, l.event) = ('Send', 'left'))""",
    },
    {
        "ended": TOTALS["ended"],
        "ways out of the task": (
            """SELECT count(*) FROM bpm_log
                WHERE (element, event) IN (('Inner', 'left'), ('Late', 'fired'))""",
            1,
        ),
        "tasks": ("SELECT count(*) FROM bpm_task", 4),
    },
    attached={"Late"},
)

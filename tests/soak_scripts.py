"""What the programs of a soak are given to do: its process, its customers, its workers."""

#: Start, a service, then side by side a task, a timer with a background step, and a
#: message; behind the join a second task.
DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:soak" id="D">
<message id="Go" name="go"/>
<process id="soak" isExecutable="true">
 <startEvent id="Start" name="Start"/>
 <serviceTask id="Note" name="Note"><extensionElements><bpm:action name="soak_sync"
   async="false"/></extensionElements></serviceTask>
 <parallelGateway id="Fork" name="Fork"/>
 <userTask id="First" name="First"><extensionElements><bpm:assignment kind="starter"/>
   </extensionElements></userTask>
 <intermediateCatchEvent id="Pause" name="Pause"><timerEventDefinition><timeDuration>PT1S
   </timeDuration></timerEventDefinition></intermediateCatchEvent>
 <serviceTask id="Send" name="Send"><extensionElements><bpm:action name="soak_async"
   async="true"/></extensionElements></serviceTask>
 <intermediateCatchEvent id="Word" name="Word"><messageEventDefinition messageRef="Go"/>
   </intermediateCatchEvent>
 <parallelGateway id="Join" name="Join"/>
 <userTask id="Last" name="Last"><extensionElements><bpm:assignment kind="starter"/>
   </extensionElements></userTask>
 <endEvent id="End" name="End"/>
 %s
</process></definitions>"""
FLOWS = (
    "Start Note", "Note Fork", "Fork First", "Fork Pause", "Fork Word", "First Join",
    "Pause Send", "Send Join", "Word Join", "Join Last", "Last End",
)  # fmt: skip


def flows(*pairs):
    """Arrows, each given as "from to"."""
    return "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in map(str.split, pairs)
    )


DRAWING = DIAGRAM % flows(*FLOWS)
#: Each action leaves one record named like the customer, so that effects can be counted.
SEED = """
admin = env.ref("base.user_admin")
admin.group_ids += env.ref("bpm_engine.group_manager")
tag = env["ir.model"]._get("res.partner.category")
field = {{f.name: f for f in tag.field_id}}
for key, color in (("soak_sync", 1), ("soak_async", 2)):
    env["bpm.action"].create({{
        "name": key, "key": key, "kind": "record", "target_model_id": tag.id, "max_tries": 9,
        "value_ids": [(0, 0, {{"field_id": field["name"].id, "value": "=record.name"}}),
                      (0, 0, {{"field_id": field["color"].id, "value": str(color)}})]}})
if {called!r}:
    callee = env["bpm.process"].create({{
        "name": "Called", "key": "called", "owner_id": admin.id,
        "model_id": env["ir.model"]._get_id("res.partner")}})
    callee.draft_version_id.bpmn_xml = {called!r}
    callee.draft_version_id.action_publish()
process = env["bpm.process"].create({{
    "name": "Soak", "key": "soak", "model_id": env["ir.model"]._get_id("res.partner"),
    "owner_id": admin.id}})
version = process.draft_version_id
version.bpmn_xml = {xml!r}
version.action_publish()
first = env["res.partner"].create({{"name": "Soak 000000", "ref": "soak"}})
env.flush_all()
columns = [field.name for field in first._fields.values() if field.store and field.column_type]
copied = {{name: f'"{{name}}"' for name in columns if name not in ("id", "commercial_partner_id")}}
named = "'Soak ' || lpad(n::text, 6, '0')"
env.cr.execute(f'''INSERT INTO res_partner ({{", ".join(copied.values())}})
    SELECT {{", ".join((copied | {{"name": named, "complete_name": named}}).values())}}
      FROM res_partner, generate_series(1, {size} - 1) n WHERE id = %s''', [first.id])
env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE ref = 'soak'")
env.ref("bpm_engine.ir_cron_timers").write({{"interval_number": 1}})
"""

#: A worker does, until there is nothing left, whatever it finds: starts, tasks, messages,
#: timers. What people would be told ("already done") is counted and passed over.
WORKER = """
import random, time
from functools import partial
from psycopg2 import OperationalError
from odoo.exceptions import UserError
from odoo.service.model import retrying
number, count, quiet = {number}, {count}, {quiet}
random.seed()
user = env(user=env.ref("base.user_admin").id,
           context=dict(env.context, **({{"bpm_quiet": True}} if quiet else {{}})))
def start(partner):
    user["bpm.process"].start("soak", "res.partner", partner)
def complete(task):
    user["bpm.task"].browse(task).action_complete("done")
def message(partner):
    user["bpm.process"].send_message("go", "res.partner", partner, {{"word": partner}})
FIND = (
    (start, '''SELECT p.id FROM res_partner p WHERE ref = 'soak' AND p.id %% %s = %s AND NOT EXISTS
        (SELECT FROM bpm_instance i WHERE i.res_model = 'res.partner' AND i.res_id = p.id)
        ORDER BY random() LIMIT 20'''),
    (complete, '''SELECT id FROM bpm_task WHERE state = 'todo' ORDER BY random() LIMIT 20'''),
    (message, '''SELECT res_id FROM bpm_wait WHERE kind = 'message'
        ORDER BY random() LIMIT 20'''),
)
done = refused = repeated = 0
print("READY", flush=True)
while True:
    worked = False
    for act, query in random.sample(FIND, 3):
        env.cr.execute(query, (count, number) if act is start else None)
        found = [row[0] for row in env.cr.fetchall()]
        env.cr.rollback()
        for one in found:
            worked = True
            try:
                retrying(partial(act, one), user)
                done += 1
            except UserError:
                refused += 1
                env.cr.rollback()
            except OperationalError:
                repeated += 1
                env.cr.rollback()
    env["bpm.instance"]._cron_fire_timers(20)
    env.cr.commit()
    if worked:
        continue
    env.cr.execute('''SELECT (SELECT count(*) FROM bpm_instance WHERE state = 'done')
        = (SELECT count(*) FROM res_partner WHERE ref = 'soak')''')
    finished = env.cr.fetchone()[0]
    env.cr.rollback()
    if finished:
        break
    time.sleep(0.2)
print("DONE", done, "REFUSED", refused, "REPEATED", repeated, flush=True)
"""

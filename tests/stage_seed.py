"""Code for a database's shell: regulations on models of Odoo, of others and made by hand.

Each regulation is written with the five lines of the addon's readme (``regulate``).
"""

REGULATE = '''
import json
from odoo.fields import Command

def field(model, name):
    return env["ir.model.fields"]._get(model, name)

def regulate(model, stage_field, *facts, steps=(), domain="[]", **first):
    """The five lines of the readme, and what the first stage demands."""
    regulation = env["bpm.regulation"].create({"name": f"{model} {domain}", "domain": domain,
        "model_id": env["ir.model"]._get(model).id,
        "stage_field_id": field(model, stage_field).id})
    version = regulation.action_new_draft()
    version.load_stages()
    version.stage_ids[0].write({"fact_ids": [Command.create(f) for f in facts],
                                "step_ids": [Command.create(s) for s in steps], **first})
    version.action_publish()

admin = env.ref("base.user_admin")
admin.group_ids |= env.ref("bpm_engine.group_manager")
key = env["res.users.apikeys"].with_user(admin).sudo()._generate("rpc", "tests", None)
'''

#: One regulation per kind of gate, chosen by what stands in the lead's reference.
GATES = (
    REGULATE
    + """
env["bpm.regulation"].search([("model", "=", "crm.lead")]).active = False
call = env.ref("mail.mail_activity_data_call")
lead_field = lambda name: field("crm.lead", name).id
gates = {
    "field": dict(facts=[{"name": "Budget", "field_id": lead_field("expected_revenue")}]),
    "domain": dict(facts=[{"name": "In town", "kind": "domain",
                           "domain": "[('city', '=', 'Omsk')]"}]),
    "related": dict(facts=[{"name": "Tagged", "kind": "related", "field_id": lead_field("tag_ids"),
                            "domain": "[('name', '=', 'Checked')]"}]),
    "document": dict(facts=[{"name": "Contract", "kind": "document"}]),
    "activity": dict(facts=[{"name": "Called", "kind": "activity", "activity_type_id": call.id}]),
    "step": dict(steps=[{"name": "Meeting"}]),
    "approval": dict(steps=[{"name": "Visa", "kind": "approval", "assign_kind": "user",
                             "assign_user_id": admin.id}]),
    "comment": dict(ask_comment=True),
}
for kind, demands in gates.items():
    regulate("crm.lead", "stage_id", *demands.pop("facts", ()),
             domain=f"[('referred', '=', '{kind}')]", **demands)
first, second = env["crm.stage"].search([], limit=2)
leads = {kind: env["crm.lead"].create({"name": kind, "type": "opportunity", "referred": kind,
                                       "stage_id": first.id, "user_id": admin.id}).id
         for kind in gates}
model_id = env["ir.model"]._get("crm.lead").id
move = f"records.write({{'stage_id': {second.id}}})"
action = env["ir.actions.server"].create({"name": "Move", "model_id": model_id, "state": "code",
                                          "code": move})
crons = {kind: env["ir.cron"].create({
    "name": kind, "model_id": model_id, "state": "code", "user_id": admin.id, "active": False,
    "code": f"model.browse({lead_id}).write({{'stage_id': {second.id}}})"}).id
    for kind, lead_id in leads.items()}
say = "model.with_context(bpm_stage_comment='Moved by night')"
saying = env["ir.cron"].create({
    "name": "saying", "model_id": model_id, "state": "code", "user_id": admin.id, "active": False,
    "code": f"{say}.browse({leads['comment']}).write({{'stage_id': {second.id}}})"})
automation = env["base.automation"].create({
    "name": "Urgent ones go on", "model_id": model_id, "trigger": "on_create_or_write",
    "filter_domain": "[('priority', '=', '3')]",
    "trigger_field_ids": [Command.link(lead_field("priority"))]})
env["ir.actions.server"].create({"name": "Go on", "model_id": model_id, "state": "code",
                                 "code": move, "base_automation_id": automation.id,
                                 "usage": "base_automation"})
env["res.users"].create({"name": "Forger", "login": "forger", "password": "forger",
    "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman_all_leads").id)]})
tag = env["crm.tag"].create({"name": "Checked"})
print(json.dumps({"key": key, "leads": leads, "first": first.id, "second": second.id,
                  "action": action.id, "crons": crons, "saying": saying.id,
                  "tag": tag.id, "call": call.id,
                  "model": model_id}))
"""
)

#: model: records at their first stage, the next one, what is missing, what cures it.
MODELS = (
    REGULATE
    + """
contract = env["ir.model"].create({"name": "Contract", "model": "x_contract", "field_id": [
    Command.create({"name": "x_number", "field_description": "Number", "ttype": "char"}),
    Command.create({"name": "x_state", "field_description": "State", "ttype": "selection",
        "selection_ids": [Command.create({"value": value, "name": name, "sequence": number})
                          for number, (value, name) in enumerate(
                              [("draft", "Draft"), ("signed", "Signed"), ("done", "Done")])]}),
]})
env["ir.model.access"].create({"name": "contract", "model_id": contract.id,
    "group_id": env.ref("base.group_user").id, "perm_read": True, "perm_write": True,
    "perm_create": True, "perm_unlink": True})
admin.group_ids |= env.ref("project.group_project_manager")
admin.group_ids |= env.ref("project.group_project_stages")
admin.group_ids |= env.ref("helpdesk_mgmt.group_helpdesk_manager")
project = env["project.project"].create({"name": "Office"})
stages = env["project.task.type"].create([
    {"name": name, "sequence": n, "project_ids": project.ids}
    for n, name in enumerate(["New", "In work", "Done"])])
partner = env["res.partner"].create({"name": "Vector"})
regulate("sale.order", "state", {"name": "Reference", "field_id": field("sale.order",
         "client_order_ref").id}, domain="[('partner_id.name', '=', 'Vector')]")
regulate("project.task", "stage_id", {"name": "Plan", "field_id": field("project.task",
         "description").id}, steps=[{"name": "Estimate"}],
         domain="[('project_id.name', '=', 'Office')]")
regulate("project.project", "stage_id", {"name": "Customer", "field_id": field("project.project",
         "partner_id").id}, domain="[('name', '=', 'Plant')]")
regulate("helpdesk.ticket", "stage_id", {"name": "Category", "field_id": field(
         "helpdesk.ticket", "category_id").id}, steps=[{"name": "Call back"}])
regulate("x_contract", "x_state", {"name": "Number", "field_id": field("x_contract",
         "x_number").id})
phases = env["project.project.stage"].search([])
tickets = env["helpdesk.ticket.stage"].search([])
category = env["helpdesk.ticket.category"].create({"name": "Leak"})
print(json.dumps({"key": key, "models": {
    "sale.order": ["state", {"partner_id": partner.id}, "sent", {"client_order_ref": "7"}],
    "project.task": ["stage_id", {"name": "Desks", "project_id": project.id,
                                  "stage_id": stages[0].id}, stages[1].id,
                     {"description": "<p>Ten</p>"}],
    "project.project": ["stage_id", {"name": "Plant", "stage_id": phases[0].id}, phases[1].id,
                        {"partner_id": partner.id}],
    "helpdesk.ticket": ["stage_id", {"name": "Leak", "description": "<p>Rust</p>",
                                     "stage_id": tickets[0].id}, tickets[1].id,
                        {"category_id": category.id}],
    "x_contract": ["x_state", {"x_state": "draft"}, "signed",
                   {"x_number": "C-1"}],
}}))
"""
)

"""Stage regulations against what comes from outside, and on models of other addons."""

import contextlib
import json
import xmlrpc.client

import pytest

from tests import running, stage_seed
from tools.setup import databases

GATES = ("field", "domain", "related", "document", "activity", "step", "approval", "comment")
MODELS = ("sale.order", "project.task", "project.project", "helpdesk.ticket", "x_contract")
#: Not the product's own dependencies: whoever has them has regulations on them.
OTHERS = "base_automation,helpdesk_mgmt,project"


@pytest.fixture(scope="module")
def database():
    """The product beside other addons of Odoo."""
    with running.database("stages") as name:
        databases.odoo("-d", name, "-i", OTHERS, "--stop-after-init", "--no-http", log="stages")
        yield name


class Outside:
    """Clients of both interfaces, and what the seed has made."""

    def __init__(self, server, seeds):
        self.server = server
        self.xml = running.XmlRpc(server, "admin", "admin")
        self.json = running.Json2(server, seeds["gates"]["key"])
        self.seed = seeds["gates"]
        self.models = seeds["models"]["models"]

    def stage(self, kind):
        [found] = self.xml("crm.lead", "read", [self.seed["leads"][kind]], ["stage_id"])
        return found["stage_id"][0]

    def reset(self, kind):
        self.xml("crm.lead", "write", [self.seed["leads"][kind]], {"stage_id": self.seed["first"]})

    # ------------------------------------------------------------ paths

    def go_xml_rpc(self, lead_id, context):
        values = {"stage_id": self.seed["second"]}
        self.xml("crm.lead", "write", [lead_id], values, context=context)

    def go_json_2(self, lead_id, context):
        values = {"stage_id": self.seed["second"]}
        self.json("crm.lead", "write", ids=[lead_id], vals=values, context=context)

    def go_import(self, lead_id, context):
        rows = [[str(lead_id), str(self.seed["second"])]]
        found = self.json(
            "crm.lead", "load", fields=[".id", "stage_id/.id"], data=rows, context=context
        )
        if found["messages"]:
            raise AssertionError(found["messages"][0]["message"])

    def go_automation(self, lead_id, context):
        self.xml("crm.lead", "write", [lead_id], {"priority": "0"}, context=context)
        self.xml("crm.lead", "write", [lead_id], {"priority": "3"}, context=context)

    def go_server_action(self, lead_id, context):
        active = {"active_model": "crm.lead", "active_ids": [lead_id], "active_id": lead_id}
        self.json(
            "ir.actions.server", "run", ids=[self.seed["action"]], context={**context, **active}
        )

    def go_cron(self, lead_id, context):
        """The scheduler takes no context from whoever starts it: the job's code gives it."""
        kind = next(kind for kind, id_ in self.seed["leads"].items() if id_ == lead_id)
        says = "bpm_stage_comment" in context
        job = self.seed["saying"] if says else self.seed["crons"][kind]
        self.xml("ir.cron", "method_direct_trigger", [job], context=context)

    # ------------------------------------------------------------ paths of making

    def born_xml_rpc(self, values):
        return self.xml("crm.lead", "create", values)

    def born_json_2(self, values):
        [lead_id] = self.json("crm.lead", "create", vals_list=[values])
        return lead_id

    def born_import(self, values):
        links = {"stage_id": "stage_id/.id", "tag_ids": "tag_ids/.id"}
        row = {links.get(name, name): str(value) for name, value in values.items()}
        if "tag_ids" in values:
            row["tag_ids/.id"] = str(self.seed["tag"])
        found = self.json("crm.lead", "load", fields=list(row), data=[list(row.values())])
        if found["messages"]:
            raise AssertionError(found["messages"][0]["message"])
        return found["ids"][0]

    def born_automation(self, values):
        """Made at its first stage and brought on at once by a rule."""
        values = {**values, "stage_id": self.seed["first"], "priority": "3"}
        return self.xml("crm.lead", "create", values)

    # ------------------------------------------------------------ cures

    def get_cured(self):
        """{gate: values of the record that open it}"""
        return {
            "field": {"expected_revenue": 10},
            "domain": {"city": "Omsk"},
            "related": {"tag_ids": [(4, self.seed["tag"], 0)]},
        }

    def cure(self, kind):
        lead_id = self.seed["leads"][kind]
        done = self.get_cured()
        if kind in done:
            self.xml("crm.lead", "write", [lead_id], done[kind])
        elif kind == "document":
            values = {"name": "contract.txt", "res_model": "crm.lead", "res_id": lead_id}
            self.xml("ir.attachment", "create", values)
        elif kind == "activity":
            activity = self.xml("mail.activity", "create", {
                "res_model_id": self.seed["model"], "res_id": lead_id,
                "activity_type_id": self.seed["call"],
            })  # fmt: skip
            self.xml("mail.activity", "action_feedback", [activity])
        elif kind in ("step", "approval"):
            domain = [("res_model", "=", "crm.lead"), ("res_id", "=", lead_id)]
            found = self.xml("mail.activity", "search", domain)
            self.xml("mail.activity", "action_feedback", found)


PATHS = tuple(name[3:] for name in vars(Outside) if name.startswith("go_"))
BIRTHS = tuple(name[5:] for name in vars(Outside) if name.startswith("born_"))
#: A comment is asked of who leaves a stage; a new record leaves none.
BORN_GATES = tuple(kind for kind in GATES if kind != "comment")


@pytest.fixture(scope="module")
def outside(database, start_server):
    seeds = {
        name: json.loads(running.shell(database, code))
        for name, code in (("gates", stage_seed.GATES), ("models", stage_seed.MODELS))
    }
    return Outside(start_server(database), seeds)


def _refused():
    return pytest.raises((xmlrpc.client.Fault, AssertionError), match="cannot go from")


@pytest.mark.parametrize("kind", GATES)
def test_gate_on_each_path(outside, kind):
    """EP-06: each gate holds for what comes from outside, on each path, and opens when cured."""
    lead_id = outside.seed["leads"][kind]
    for path in PATHS:
        # A job of the scheduler tells nobody but the log.
        with contextlib.nullcontext() if path == "cron" else _refused():
            getattr(outside, f"go_{path}")(lead_id, {})
        assert outside.stage(kind) == outside.seed["first"], path
    assert "cannot go from" in outside.server.log.read_text(errors="replace")
    outside.cure(kind)
    context = {"bpm_stage_comment": "Went well"} if kind == "comment" else {}
    for path in PATHS:
        getattr(outside, f"go_{path}")(lead_id, context)
        assert outside.stage(kind) == outside.seed["second"], path
        outside.reset(kind)


@pytest.mark.parametrize("kind", BORN_GATES)
def test_born_later(outside, kind):
    """EP-06, IM-13: nothing from outside is created at a later stage, unless all is true."""
    values = {
        "name": f"Born late {kind}", "type": "opportunity", "referred": kind,
        "stage_id": outside.seed["second"],
    }  # fmt: skip
    refused = (xmlrpc.client.Fault, AssertionError)
    for path in BIRTHS:
        with pytest.raises(refused, match="cannot (start at|go from)"):
            getattr(outside, f"born_{path}")(values)
        assert not outside.xml("crm.lead", "search", [("name", "=", values["name"])]), path
    for path in BIRTHS if kind in outside.get_cured() else ():
        born = getattr(outside, f"born_{path}")({**values, **outside.get_cured()[kind]})
        [found] = outside.xml("crm.lead", "read", [born], ["stage_id"])
        assert found["stage_id"][0] == outside.seed["second"], path


def test_need_chosen_late(outside):
    """EP-06: nor does a record come under a regulation at a later stage."""
    lead_id = outside.xml("crm.lead", "create", {
        "name": "Side door", "type": "opportunity", "stage_id": outside.seed["second"],
    })  # fmt: skip
    for context in ({}, {"import_file": False, "bpm_stage_override": " "}):
        with pytest.raises(xmlrpc.client.Fault, match="would come under the regulation"):
            outside.xml("crm.lead", "write", [lead_id], {"referred": "field"}, context=context)


def test_bypass_is_not_for_clients(outside):
    """EP-06: what a program may say to pass, a client may not."""
    lead_id = outside.xml("crm.lead", "create", {
        "name": "Forged", "type": "opportunity", "referred": "field",
        "stage_id": outside.seed["first"],
    })  # fmt: skip
    with pytest.raises(xmlrpc.client.Fault, match="cannot go from"):
        outside.go_xml_rpc(lead_id, {"bpm_stage_bypass": "let me", "bpm_stage_trial": ["stage_id"]})


@pytest.mark.parametrize("method", ["action_feedback", "unlink", "action_archive", "write"])
def test_step_is_not_done_by_what_a_client_says(outside, method):
    """AT-09, TN-30: no key of the context gives a visa or drops a required step."""
    lead_id = outside.xml("crm.lead", "create", {
        "name": "Forged visa", "type": "opportunity", "referred": "approval",
        "stage_id": outside.seed["first"],
    })  # fmt: skip
    domain = [("res_model", "=", "crm.lead"), ("res_id", "=", lead_id)]
    [activity] = outside.xml("mail.activity", "search", domain)
    seller = running.XmlRpc(outside.server, "forger", "forger")
    values = [{"user_id": seller.uid}] if method == "write" else []
    for context in ({}, {"bpm_step_checked": True, "bpm_task_sync": True}):
        with pytest.raises(xmlrpc.client.Fault, match="is for|required step"):
            seller("mail.activity", method, [activity], *values, context=context)
    assert outside.xml("mail.activity", "search", domain) == [activity]


@pytest.mark.parametrize("model", MODELS)
def test_model(outside, model):
    """TN-06, EP-06: orders, tasks, projects, tickets, contracts: refused, cured, gone on."""
    stage_field, values, target, cure = outside.models[model]
    rpc = outside.xml
    record = rpc(model, "create", values)
    with pytest.raises(xmlrpc.client.Fault, match="cannot go from"):
        rpc(model, "write", [record], {stage_field: target})
    bar = rpc("bpm.stage.case", "get_bar", model, record)
    assert bar["stages"][0]["state"] == "current"
    assert bar["missing"][str(target)]
    rpc(model, "write", [record], cure)
    for step in bar["steps"]:
        rpc("bpm.stage.case.step", "action_done", [step["id"]])
    bar = rpc("bpm.stage.case", "move", model, [record], str(target))
    assert bar["value"] == str(target)
    [found] = rpc("bpm.stage.case", "get_history", model, record, limit=1)
    assert (found["from"], found["to"]) == tuple(stage["name"] for stage in bar["stages"][:2])


def test_order_confirmed_by_its_button(outside):
    """TN-06: a button of another addon that changes the state is refused as well."""
    _field, values, _target, cure = outside.models["sale.order"]
    order = outside.xml("sale.order", "create", values)
    with pytest.raises(xmlrpc.client.Fault, match="Reference"):
        outside.xml("sale.order", "action_confirm", [order])
    outside.xml("sale.order", "write", [order], cure)
    outside.xml("sale.order", "action_confirm", [order])
    [found] = outside.xml("sale.order", "read", [order], ["state"])
    assert found["state"] == "sale"

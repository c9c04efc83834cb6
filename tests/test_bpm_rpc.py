"""Other systems start and move processes: XML-RPC and JSON-2 on a real server."""

import json
import xmlrpc.client

import pytest

from tests import bpm_drawn as drawn
from tests import running

DRAWING = drawn.draw(
    "visa",
    drawn.start(),
    drawn.task("Visa", "approved", "refused"),
    drawn.catch_message("Paid", "paid"),
    drawn.end(),
    flows=("Start Visa", "Visa Paid", "Paid End"),
    roots=drawn.message("paid"),
)
#: A person with rights in processes, and one who only works in the system; a key each.
SEED = """
import json
from odoo.tests import new_test_user
people = {
    "worker": new_test_user(env, login="worker", groups="base.group_user,bpm_engine.group_user"),
    "clerk": new_test_user(env, login="clerk", groups="base.group_user"),
}
keys = {
    name: env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "tests", None)
    for name, user in people.items()
}
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(6)])
print(json.dumps({"keys": keys, "partners": partners.ids}))
"""


class Clients:
    """Both interfaces, as each person."""

    def __init__(self, server, seeded):
        self.partners = iter(seeded["partners"])
        keys = seeded["keys"]
        self.xml = {name: running.XmlRpc(server, name, key) for name, key in keys.items()}
        self.json = {name: running.Json2(server, key) for name, key in keys.items()}


@pytest.fixture(scope="module")
def clients(database, start_server):
    seeded = running.shell(database, drawn.publish("visa", DRAWING) + SEED)
    server = start_server(database)
    return Clients(server, json.loads(seeded))


def instance(clients, number):
    """How a process is, as its participant reads it."""
    (found,) = clients.json["worker"]("bpm.instance", "read", ids=[number], fields=["state"])
    return found["state"]


def test_xml_rpc(clients):
    """EP-04, HU-06: start, decide and message over XML-RPC, by an API key."""
    call, partner = clients.xml["worker"], next(clients.partners)
    number = call("bpm.process", "start", "visa", "res.partner", partner, {"amount": 10})
    domain = [["instance_id", "=", number], ["state", "=", "todo"]]
    (task,) = call("bpm.task", "search_read", domain, ["name", "user_id"])
    assert (task["name"], task["user_id"][0]) == ("Visa", call.uid)
    assert call("bpm.task", "action_complete", [task["id"]], "approved", "Fine")
    sent = call("bpm.process", "send_message", "paid", "res.partner", partner, {"sum": 10})
    assert sent == {"delivered": [number], "started": []}
    assert instance(clients, number) == "done"


def test_json_2(clients):
    """EP-04, HU-06: the same over JSON-2, with named arguments."""
    call, partner = clients.json["worker"], next(clients.partners)
    number = call(
        "bpm.process", "start", key="visa", res_model="res.partner", res_id=partner, variables={}
    )
    domain = [["instance_id", "=", number], ["state", "=", "todo"]]
    (task,) = call("bpm.task", "search_read", domain=domain, fields=["name"])
    assert call("bpm.task", "action_complete", ids=[task["id"]], outcome="refused")
    sent = call("bpm.process", "send_message", name="paid", res_model="res.partner", res_id=partner)
    assert sent["delivered"] == [number]
    assert instance(clients, number) == "done"


def test_wrong_calls_are_told(clients):
    """HU-24: what is wrong is said in one sentence, and nothing has changed."""
    call, partner = clients.xml["worker"], next(clients.partners)
    with pytest.raises(xmlrpc.client.Fault, match="no process with the key “nonesuch”"):
        call("bpm.process", "start", "nonesuch", "res.partner", partner)
    with pytest.raises(xmlrpc.client.Fault, match="runs on res.partner"):
        call("bpm.process", "start", "visa", "res.users", 2)
    number = call("bpm.process", "start", "visa", "res.partner", partner)
    with pytest.raises(AssertionError, match="already running"):
        clients.json["worker"](
            "bpm.process", "start", key="visa", res_model="res.partner", res_id=partner
        )
    (task,) = call("bpm.task", "search", [["instance_id", "=", number]])
    with pytest.raises(xmlrpc.client.Fault, match="no outcome “maybe”"):
        call("bpm.task", "action_complete", [task], "maybe")
    assert instance(clients, number) == "running"


def test_without_rights(clients):
    """HU-23: who may not work in processes neither starts, decides nor sends, on any way."""
    partner = next(clients.partners)
    number = clients.xml["worker"]("bpm.process", "start", "visa", "res.partner", partner)
    (task,) = clients.xml["worker"]("bpm.task", "search", [["instance_id", "=", number]])
    attempts = (
        ("bpm.process", "start", {"key": "visa", "res_model": "res.partner", "res_id": partner}),
        ("bpm.task", "action_complete", {"ids": [task], "outcome": "approved"}),
        ("bpm.process", "send_message",
         {"name": "paid", "res_model": "res.partner", "res_id": partner}),
        ("bpm.instance", "action_cancel", {"ids": [number], "reason": "no"}),
    )  # fmt: skip
    for model, method, named in attempts:
        with pytest.raises(AssertionError, match=r": 40[13] "):
            clients.json["clerk"](model, method, **named)
        ids = named.pop("ids", None)
        before = [ids] if ids else []
        with pytest.raises(xmlrpc.client.Fault):
            clients.xml["clerk"](model, method, *before, **named)
    assert instance(clients, number) == "running"


def test_inside_is_closed(clients):
    """HU-24: nobody reaches the engine around its public methods, or rewrites history."""
    partner = next(clients.partners)
    call = clients.xml["worker"]
    number = call("bpm.process", "start", "visa", "res.partner", partner)
    lines = call("bpm.log", "search", [["instance_id", "=", number]])
    (process,) = call("bpm.process", "search", [["key", "=", "visa"]])
    for model, method, arguments in (
        ("bpm.process", "_start", [[process]]),
        ("bpm.instance", "_cancel", [[number], "no"]),
        ("bpm.instance", "write", [[number], {"state": "done"}]),
        ("bpm.instance", "read", [[number], ["engine_state"]]),
        ("bpm.log", "unlink", [lines]),
        ("bpm.log", "write", [lines, {"outcome": "approved"}]),
    ):
        with pytest.raises(xmlrpc.client.Fault):
            call(model, method, *arguments)
    assert instance(clients, number) == "running"
    assert call("bpm.log", "search", [["instance_id", "=", number]]) == lines

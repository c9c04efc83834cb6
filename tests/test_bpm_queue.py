"""Background steps on a real server: its job runner does them, retries, and stops at incidents."""

import contextlib
import json
import uuid

import psycopg2
import pytest

from tests import bpm_drawn as drawn
from tests import running
from tests.sweeping import wait_until
from tools.setup import databases, postgres

DRAWING = drawn.draw(
    "sending",
    drawn.start(),
    drawn.service("Send", "send", background=True),
    drawn.end(),
    flows=("Start Send", "Send End"),
)
#: Fails as long as the customer is marked; so a person can remove the cause.
SEED = """
import json
from odoo.tests import new_test_user
code = '''
if record.ref == "broken":
    raise UserError("The other system is away")
record.write({"comment": "sent"})
'''
partner_model = env["ir.model"]._get_id("res.partner")
server_action = env["ir.actions.server"].create(
    {"name": "Send", "model_id": partner_model, "state": "code", "code": code})
env["bpm.action"].create({
    "name": "Send", "key": "send", "kind": "server", "server_action_id": server_action.id,
    "max_tries": 2})
%s
manager = new_test_user(env, login="boss",
    groups="base.group_user,base.group_partner_manager,bpm_engine.group_manager")
key = env["res.users.apikeys"].with_user(manager).sudo()._generate("rpc", "tests", None)
partners = env["res.partner"].create([{"name": "Fine"}, {"name": "Broken", "ref": "broken"}])
print(json.dumps([key, partners.ids]))
"""
STARTED = "INSERT INTO queue_job (uuid, state, name) VALUES (%s, 'pending', 'none of ours')"


@pytest.fixture(scope="module")
def seeded(database):
    said = running.shell(database, SEED % drawn.publish("sending", DRAWING))
    return json.loads(said)


@pytest.fixture(scope="module")
def manager(seeded, database, start_server):
    """A manager of processes at the server whose runner does the jobs."""
    return running.Json2(start_server(database), seeded[0])


@contextlib.contextmanager
def looking(name):
    """A connection that sees each statement's moment."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def one(cr, query, *values):
    cr.execute(query, values)
    return cr.fetchone()


JOB = """SELECT j.state, j.tries, i.state FROM bpm_job j JOIN bpm_instance i ON i.id = j.instance_id
          WHERE i.id = %s"""


def start(manager, partner):
    return manager("bpm.process", "start", key="sending", res_model="res.partner", res_id=partner)


def test_job_is_done(manager, seeded, database):
    """HU-24: the start returns at once; the server's runner does the step, the process ends."""
    number = start(manager, seeded[1][0])
    with looking(database) as cr:
        wait_until(lambda: one(cr, JOB, number) == ("done", 1, "done"), 60)
        wait_until(lambda: one(cr, "SELECT DISTINCT state FROM queue_job") == ("done",), 20)
        assert "sent" in one(cr, "SELECT comment FROM res_partner WHERE id = %s", seeded[1][0])[0]


def test_failure_is_retried_then_repaired(manager, seeded, database):
    """HU-24: a minute's pause, a second try, an incident; the manager retries, it is done."""
    broken = seeded[1][1]
    number = start(manager, broken)
    with looking(database) as cr:
        wait_until(lambda: one(cr, JOB, number) == ("waiting", 1, "running"), 60)
        pause = one(
            cr,
            """SELECT extract(epoch FROM eta - (now() AT TIME ZONE 'UTC')) FROM queue_job
                WHERE state = 'pending'""",
        )[0]
        assert 20 < pause <= 61, "about a minute, less what this test took"
        # The minute passes.
        cr.execute("UPDATE queue_job SET eta = NULL WHERE state = 'pending'")
        wait_until(lambda: one(cr, JOB, number) == ("incident", 2, "incident"), 60)
        error = one(cr, "SELECT error FROM bpm_instance WHERE id = %s", number)[0]
        assert "The other system is away" in error
        manager("res.partner", "write", ids=[broken], vals={"ref": False})
        (job,) = manager("bpm.job", "search", domain=[["instance_id", "=", number]])
        manager("bpm.job", "action_retry", ids=[job])
        wait_until(lambda: one(cr, JOB, number)[::2] == ("done", "done"), 60)
        assert "sent" in one(cr, "SELECT comment FROM res_partner WHERE id = %s", broken)[0]


def test_other_databases_are_left_alone(manager, seeded, database):
    """HU-24: the runner serves the server's own database, and connects to no other."""
    with running.database("other") as other:
        foreign = str(uuid.uuid4())
        with looking(other) as cr:
            cr.execute(STARTED, [foreign])
        number = start(manager, seeded[1][0])
        with looking(database) as cr:
            wait_until(lambda: one(cr, JOB, number) == ("done", 1, "done"), 60)
        clients = (
            "SELECT count(*) FROM pg_stat_activity "
            f"WHERE datname = '{other}' AND backend_type = 'client backend'"
        )
        assert postgres.psql(clients).strip() == "0"
        with looking(other) as cr:
            assert one(cr, "SELECT state FROM queue_job WHERE uuid = %s", foreign) == ("pending",)
    assert not databases.exists(other)

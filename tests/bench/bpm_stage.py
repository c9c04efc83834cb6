"""Leads under a regulation and not: a change of stage on a thousand, opening a form."""

import contextlib
import itertools
import os
import statistics
from pathlib import Path

from odoo.fields import Command

from tests import running
from tests.bench import core_form
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

LEADS = 1000
STEPS = ("Call", "Letter")


def leads_of(env, number):
    stages = env["crm.stage"].search([])
    leads = env["crm.lead"].with_context(tracking_disable=True).create([
        {"name": f"Deal {index}", "type": "opportunity", "expected_revenue": 100 + index,
         "phone": "+7 495 111-11-11", "stage_id": stages[0].id, "user_id": env.uid}
        for index in range(number)
    ])  # fmt: skip
    env.flush_all()
    return leads.with_context(tracking_disable=False), stages


def regulate(env):
    """Three facts to leave the first stage; steps, which plan activities, are left out."""
    field = env["ir.model.fields"]._get
    regulation = env["bpm.regulation"].create({
        "name": "Bench", "model_id": env["ir.model"]._get("crm.lead").id,
        "stage_field_id": field("crm.lead", "stage_id").id,
        "domain": "[('type', '=', 'opportunity')]",
    })  # fmt: skip
    version = regulation.action_new_draft()
    version.load_stages()
    first = version.stage_ids[0]
    parts = env["bpm.regulation.fact"]
    parts.create([
        {"stage_id": first.id, "name": "Budget",
         "field_id": field("crm.lead", "expected_revenue").id},
        {"stage_id": first.id, "name": "Phone", "field_id": field("crm.lead", "phone").id},
        {"stage_id": first.id, "name": "Worth it", "kind": "domain",
         "domain": "[('expected_revenue', '>', 10)]"},
    ])  # fmt: skip
    version.action_publish()
    return version


def move(env, leads, stage):
    """As a person's request does it, with the tracking that is posted before the commit."""
    leads.write({"stage_id": stage.id})
    env.cr.flush()


def measure(lab):
    """Seconds of the same write, bare and guarded, with tracking and without; rolled back."""
    number = 20 if lab.tiny else LEADS
    times = {(kind, tracked): [] for tracked in (True, False) for kind in ("bare", "guarded")}
    with lab.env(database=lab.fresh()) as env:
        # Made beforehand: Odoo does not track what was made in the same transaction.
        leads, stages = leads_of(env, number + 1)
        leads, first = leads[:-1], leads[-1:]
        for turn in range(1 if lab.tiny else 7):
            for kind, tracked in times:
                if tracked and turn > 2:
                    # A thousand tracked changes take seconds; three turns tell enough.
                    continue
                with env.cr.savepoint() as savepoint:
                    if kind == "guarded":
                        regulate(env)
                    # A server that has been up: what it keeps in memory is there.
                    move(env, first, stages[1])
                    env.flush_all()
                    env.invalidate_all()
                    some = leads.with_context(tracking_disable=not tracked)
                    took = seconds(lambda ls=some, s=stages[1]: move(env, ls, s))
                    times[kind, tracked].append(took)
                    savepoint.rollback()
                env.registry.clear_cache()
    return {key: min(taken) for key, taken in times.items()}


@bench("stages: moving 1000 leads under a regulation", max_ratio=1.5)
def guarded_write(lab):
    found = lab.once("stage-write", lambda: measure(lab))
    return Result(found["guarded", True], found["bare", True])


@bench("stages: the same without the tracking of changes", max_ratio=1.5)
def guarded_write_untracked(lab):
    found = lab.once("stage-write", lambda: measure(lab))
    return Result(found["guarded", False], found["bare", False])


def measure_forms(lab):
    """Cost of opening a lead's form, over HTTP, with a regulation and without.

    Both leads have two planned activities: with the regulation these are steps of the stage.
    """
    kinds = ("without", "with")
    with contextlib.ExitStack() as stack:
        browser = stack.enter_context(running.chromium())
        servers, replays = {}, {}
        for kind in kinds:
            name = lab.fresh()
            lead_ids = _prepare_form(lab, name, kind == "with")
            servers[kind] = stack.enter_context(lab.server(name))
            replays[kind] = _recorded(browser, servers[kind], lead_ids)
        costs = {kind: [] for kind in kinds}
        cpu = {kind: [] for kind in kinds}
        for _round in range(1 if lab.tiny else 60):
            for kind, replay in replays.items():
                before = _cpu_seconds(servers[kind])
                costs[kind].append(replay.run())
                cpu[kind].append(_cpu_seconds(servers[kind]) - before)
    return {
        kind: _sum_of_medians(costs[kind])
        | {
            "cpu": statistics.fmean(cpu[kind]),
            "requests": _by_request(replays[kind], costs[kind]),
        }
        for kind in kinds
    }


def _cpu_seconds(server):
    """What the server's process has used so far; in ticks, so only a mean of many tells."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _prepare_form(lab, database, regulated):
    """Two leads with two activities each, followed by their responsible, as Odoo leaves them."""
    with lab.env(database=database, commit=True) as env:
        env = env(user=env.ref("base.user_admin"))
        env["bpm.regulation"].search([("model", "=", "crm.lead")]).active = False
        leads, _stages = leads_of(env, 2)
        leads.partner_id = env["res.partner"].create({"name": "Vector", "phone": "+7 495 1"})
        leads.message_subscribe(env.user.partner_id.ids)
        if regulated:
            version = regulate(env)
            draft = version.regulation_id.action_new_draft()
            draft.stage_ids[0].step_ids = [Command.create({"name": name}) for name in STEPS]
            draft.action_publish()
        else:
            for lead, name in itertools.product(leads, STEPS):
                lead.activity_schedule("mail.mail_activity_data_todo", summary=name)
        return leads.ids


def _recorded(browser, server, lead_ids):
    page = running.log_in(browser, server.url, core_form.LOGIN, core_form.PASSWORD)
    core_form.record_opening(page, lead_ids[0], server.url, "crm.lead")
    requests = core_form.record_opening(page, lead_ids[1], server.url, "crm.lead")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    page.context.close()
    replay = core_form.Replay(server, requests, cookies)
    replay.run()
    return replay


def _sum_of_medians(costs):
    """Queries and seconds of all requests of one opening."""
    by_request = list(zip(*costs, strict=True))
    return {
        what: sum(statistics.median(cost[place] for cost in request) for request in by_request)
        for place, what in enumerate(("queries", "seconds"))
    }


def _by_request(replay, costs):
    """Lines that tell what each request costs."""
    medians = [
        [statistics.median(cost[place] for cost in request) for place in (0, 1)]
        for request in zip(*costs, strict=True)
    ]
    return [
        f"{request.name:<50} {queries:3.0f} queries {took * 1000:6.1f} ms"
        for request, (queries, took) in zip(replay.requests, medians, strict=True)
    ]


@bench("stages: opening a regulated form, server time", unit="ms", max_ratio=1.15)
def regulated_form(lab):
    found = lab.once("stage-form", lambda: measure_forms(lab))
    for kind in ("without", "with"):
        lab.note(f"{kind} a regulation:")
        for line in found[kind]["requests"]:
            lab.note(f"  {line}")
    return Result(found["with"]["seconds"] * 1000, found["without"]["seconds"] * 1000)


@bench("stages: opening a regulated form, CPU of the server", unit="ms", max_ratio=1.15)
def regulated_form_cpu(lab):
    found = lab.once("stage-form", lambda: measure_forms(lab))
    return Result(found["with"]["cpu"] * 1000, found["without"]["cpu"] * 1000)


@bench("stages: opening a regulated form, number of queries", unit="queries", max_ratio=1.15)
def regulated_form_queries(lab):
    found = lab.once("stage-form", lambda: measure_forms(lab))
    return Result(found["with"]["queries"], found["without"]["queries"])

"""Leads under a regulation and not: a change of stage on a thousand, opening a form."""

import statistics
import tempfile
from pathlib import Path

from odoo.fields import Command

from tests import running
from tests.bench import core_form
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

LEADS = 1000


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
        leads, stages = leads_of(env, number)
        for turn in range(1 if lab.tiny else 7):
            for kind, tracked in times:
                if tracked and turn > 2:
                    # A thousand tracked changes take seconds; three turns tell enough.
                    continue
                with env.cr.savepoint() as savepoint:
                    if kind == "guarded":
                        regulate(env)
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
    """Median cost of opening a lead's form, over HTTP, with a regulation and without."""
    kinds = ("without", "with")
    with tempfile.TemporaryDirectory() as folder, running.chromium() as browser:
        servers, replays = {}, {}
        try:
            for kind in kinds:
                name = lab.fresh()
                lead_ids = _prepare_form(lab, name, kind == "with")
                servers[kind] = running.Server(name, Path(folder) / f"{kind}.log").wait()
                replays[kind] = _recorded(browser, servers[kind], lead_ids)
            costs = {kind: [] for kind in kinds}
            for _round in range(3 if lab.tiny else 30):
                for kind, replay in replays.items():
                    costs[kind].append(replay.run())
        finally:
            for server in servers.values():
                server.stop()
    return {kind: _sum_of_medians(costs[kind]) for kind in kinds}


def _prepare_form(lab, database, regulated):
    """Two leads with a stage's steps open, as people work with them."""
    with lab.env(database=database, commit=True) as env:
        env["bpm.regulation"].search([("model", "=", "crm.lead")]).active = False
        leads, _stages = leads_of(env, 2)
        leads.partner_id = env["res.partner"].create({"name": "Vector", "phone": "+7 495 1"})
        if regulated:
            version = regulate(env)
            draft = version.regulation_id.action_new_draft()
            draft.stage_ids[0].step_ids = [
                Command.create({"name": name}) for name in ("Call", "Letter")
            ]
            draft.action_publish()
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
    """(queries, seconds) of all requests of one opening."""
    by_request = list(zip(*costs, strict=True))
    return tuple(
        sum(statistics.median(cost[what] for cost in request) for request in by_request)
        for what in (0, 1)
    )


@bench("stages: opening a regulated form, server time", unit="ms", max_ratio=1.15)
def regulated_form(lab):
    found = lab.once("stage-form", lambda: measure_forms(lab))
    return Result(found["with"][1] * 1000, found["without"][1] * 1000)


@bench("stages: opening a regulated form, number of queries", unit="queries", max_ratio=1.15)
def regulated_form_queries(lab):
    found = lab.once("stage-form", lambda: measure_forms(lab))
    return Result(found["with"][0], found["without"][0])

"""A change of stage on a thousand leads, guarded and not."""

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
    """Seconds of the same write, bare and guarded, best of turns; all rolled back."""
    number = 20 if lab.tiny else LEADS
    times = {"bare": [], "guarded": []}
    with lab.env(database=lab.fresh()) as env:
        for _round in range(1 if lab.tiny else 5):
            for kind in times:
                with env.cr.savepoint() as savepoint:
                    leads, stages = leads_of(env, number)
                    if kind == "guarded":
                        regulate(env)
                    env.flush_all()
                    env.invalidate_all()
                    took = seconds(lambda ls=leads, s=stages[1]: move(env, ls, s))
                    times[kind].append(took)
                    savepoint.rollback()
                env.registry.clear_cache()
    return {kind: min(taken) for kind, taken in times.items()}


@bench("stages: moving 1000 leads under a regulation", max_ratio=1.5)
def guarded_write(lab):
    found = lab.once("stage-write", lambda: measure(lab))
    return Result(found["guarded"], found["bare"])

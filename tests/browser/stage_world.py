"""A sale under a stage regulation, for tests at the screen."""

import itertools
import time

from tests import running

SELLER, HEAD = "stage_anna", "stage_boris"
GROUPS = {
    SELLER: ["sales_team.group_sale_salesman_all_leads", "bpm_engine.group_user"],
    HEAD: [
        "sales_team.group_sale_manager",
        "bpm_engine.group_manager",
        "bpm_engine.group_override",
    ],
}


def new(values):
    """Command of a one2many as XML-RPC can send it."""
    return (0, 0, values)


def link(id_):
    return (4, id_, 0)


class StageWorld:
    """One database: New -> Qualified -> Proposition -> Won, each with its gate.

    Everything is done and read over XML-RPC: this process has no second database.
    """

    def __init__(self, server):
        self.rpc = running.XmlRpc(server, "admin", "admin")
        self._numbers = itertools.count(1)
        self.ids = {login: self._make_user(login, GROUPS[login]) for login in GROUPS}
        # Who makes leads at later stages for a test overrides the regulation.
        self._allow(self.rpc.uid, ["bpm_engine.group_override", "bpm_engine.group_manager"])
        self._archive_all("bpm.regulation", [("model", "=", "crm.lead")])
        self.rpc("crm.lead", "unlink", self.rpc("crm.lead", "search", []))
        self._regulate()

    def _find(self, model, *domain) -> int:
        return self.rpc(model, "search", list(domain), limit=1)[0]

    def _ref(self, xml_id) -> int:
        module, name = xml_id.split(".")
        data = self.rpc(
            "ir.model.data", "search_read", [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )  # fmt: skip
        return data[0]["res_id"]

    def _allow(self, user_id, groups):
        links = [link(self._ref(name)) for name in groups]
        self.rpc("res.users", "write", [user_id], {"group_ids": links})

    def _archive_all(self, model, domain):
        self.rpc(model, "write", self.rpc(model, "search", domain), {"active": False})

    def _make_user(self, login, groups) -> int:
        user_id = self.rpc("res.users", "create", {
            "name": login.title(), "login": login, "password": login,
            "email": f"{login}@example.com",
        }, context={"no_reset_password": True})  # fmt: skip
        self._allow(user_id, groups)
        # On a phone its first message would cover the screen.
        self.rpc("res.users", "write", [user_id], {"odoobot_state": "disabled"})
        return user_id

    def _field(self, name, model="crm.lead") -> int:
        return self._find("ir.model.fields", ("model", "=", model), ("name", "=", name))

    def _regulate(self):
        self.rpc("bpm.stage.status", "create", [{"name": "Will think"}, {"name": "Warm"}])
        call = self._ref("mail.mail_activity_data_call")
        parts = [
            {
                "fact_ids": [new({
                    "name": "Budget known", "field_id": self._field("expected_revenue"),
                })],
                "step_ids": [new({"name": "First call", "activity_type_id": call})],
            },
            {
                "ask_comment": True, "ask_status": True, "may_lose": False,
                "fact_ids": [new({"name": "Task attached", "kind": "document"})],
            },
            {
                "fact_ids": [new({
                    "name": "Worth it", "kind": "domain",
                    "domain": "[('expected_revenue', '>', 1000)]",
                })],
                "step_ids": [new({
                    "name": "Visa", "kind": "approval", "assign_kind": "user",
                    "assign_user_id": self.ids[HEAD],
                })],
            },
        ]  # fmt: skip
        self.regulate("crm.lead", "stage_id", parts, [("type", "=", "opportunity")])

    def regulate(self, model, stage_field, parts, domain=(), finish=None, **values) -> list[int]:
        """A regulation in force.

        :param parts: values of its stages in their order
        :param finish: called with the ids of the stages before it is published
        :return: the ids of the stages
        """
        regulation = self.rpc("bpm.regulation", "create", {
            "name": f"Way of {model}", "domain": repr([*domain]),
            "model_id": self._find("ir.model", ("model", "=", model)),
            "stage_field_id": self._field(stage_field, model), **values,
        })  # fmt: skip
        version = self.rpc("bpm.regulation", "action_new_draft", [regulation])
        self.rpc("bpm.regulation.version", "load_stages", version)
        stages = self.rpc("bpm.regulation.stage", "search", [("version_id", "in", version)])
        for stage, part in zip(stages, parts, strict=False):
            self.rpc("bpm.regulation.stage", "write", [stage], part)
        if finish:
            finish(stages)
        self.rpc("bpm.regulation.version", "action_publish", version)
        return stages

    # ------------------------------------------------------------ leads

    def lead(self, stage="New", **values) -> str:
        """A new opportunity of the seller; its name, which no other has."""
        name = f"Deal {next(self._numbers)}."
        values = {
            "name": name, "type": "opportunity", "user_id": self.ids[SELLER],
            "stage_id": self._find("crm.stage", ("name", "=", stage)), **values,
        }  # fmt: skip
        context = {"bpm_stage_override": "Made for a test"}
        self.rpc("crm.lead", "create", values, context=context)
        return name

    def id_of(self, name: str) -> int:
        found = self.rpc(
            "crm.lead", "search", [("name", "=", name)], context={"active_test": False}
        )
        return found[0] if found else 0

    def read(self, name: str, *fields: str) -> list:
        """Values of a lead's fields; of a record its name."""
        [found] = self.rpc("crm.lead", "read", [self.id_of(name)], list(fields))
        values = [found[field] for field in fields]
        return [value[1] if isinstance(value, list) else value for value in values]

    def stage(self, name: str):
        return self.read(name, "stage_id")[0] if self.id_of(name) else False

    def wait_for_stage(self, name: str, stage: str, seconds=60):
        """What the screen shows at once is saved a moment later."""
        end = time.monotonic() + seconds
        while self.stage(name) != stage:
            assert time.monotonic() < end, f"{name} is at {self.stage(name)}, not at {stage}"
            time.sleep(0.2)

    def write(self, name: str, **values):
        self.rpc("crm.lead", "write", [self.id_of(name)], values)

    def do_steps(self, name: str):
        found = self.rpc("mail.activity", "search", [
            ("res_model", "=", "crm.lead"), ("res_id", "=", self.id_of(name)),
        ])  # fmt: skip
        self.rpc("mail.activity", "action_feedback", found)

    def attach(self, name: str):
        self.rpc("ir.attachment", "create", {
            "name": "task.pdf", "res_model": "crm.lead", "res_id": self.id_of(name),
        })  # fmt: skip

    def last_change(self, name: str) -> dict:
        """The newest row in the history of a lead's stages."""
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.id_of(name))]
        fields = ["to_name", "kind", "comment", "status_id", "reason", "missing_names"]
        [found] = self.rpc("bpm.stage.change", "search_read", domain, fields, limit=1)
        return found

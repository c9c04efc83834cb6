"""Regulations on orders, tasks, contracts, and a model made by hand whose form has no sheet."""

from .stage_world import StageWorld, new

STATES = [("plan", "Planned"), ("made", "Made"), ("told", "Reported")]
#: Stages of the project's tasks, made by the test.
STAGES = ["Asked", "In work", "Handed over"]


class ModelsWorld(StageWorld):
    """Each has one fact before its first stage is left; a contract has a step as well."""

    def _regulate(self):
        self.rpc("res.users", "write", [self.rpc.uid], {"odoobot_state": "disabled"})
        self._make_visits()
        self.project = self.rpc("project.project", "create", {"name": "Office"})
        task_stages = [{"name": name, "sequence": place, "project_ids": [(4, self.project, 0)]}
                       for place, name in enumerate(STAGES)]  # fmt: skip
        self.stages = self.rpc("project.task.type", "create", task_stages)
        self._demand("sale.order", "state", "client_order_ref",
                     [("partner_id.name", "=", "Vector")])  # fmt: skip
        self._demand("project.task", "stage_id", "user_ids", [("project_id", "=", self.project)],
                     str(self.stages[0]))  # fmt: skip
        self._demand("x_visit", "x_state", "x_name")
        self.regulate("crm.contract", "state", [{
            "fact_ids": [new({"name": "Draft attached", "kind": "document"})],
            "step_ids": [new({"name": "Read by a lawyer"})],
        }])  # fmt: skip
        self.customer = self.rpc("res.partner", "create", {"name": "Vector"})

    def _demand(self, model, stage_field, field, domain=(), first=None):
        """The field is filled before the stage (its value, else the first one) is left."""
        fact = new({"name": "Known", "field_id": self._field(field, model)})

        def finish(stages):
            known = self.rpc("bpm.regulation.stage", "read", stages, ["value"])
            where = [stage["id"] for stage in known if first in (None, stage["value"])]
            self.rpc("bpm.regulation.stage", "write", where[:1], {"fact_ids": [fact]})

        self.regulate(model, stage_field, [], domain, finish)

    def _make_visits(self):
        choices = [new({"value": value, "name": name, "sequence": place})
                   for place, (value, name) in enumerate(STATES)]  # fmt: skip
        model = self.rpc("ir.model", "create", {
            "name": "Visit", "model": "x_visit", "field_id": [
                new({"name": "x_name", "field_description": "Report", "ttype": "char"}),
                new({"name": "x_state", "field_description": "State", "ttype": "selection",
                     "selection_ids": choices}),
            ],
        })  # fmt: skip
        self.rpc("ir.model.access", "create", {
            "name": "visit", "model_id": model, "group_id": self._ref("base.group_user"),
            "perm_read": True, "perm_write": True, "perm_create": True, "perm_unlink": True,
        })  # fmt: skip
        self.rpc("ir.ui.view", "create", {
            "name": "visit", "model": "x_visit",
            "arch": "<form><group><field name='x_name'/></group></form>",
        })  # fmt: skip

    # ------------------------------------------------------------ records

    def order(self) -> int:
        return self.rpc("sale.order", "create", {"partner_id": self.customer})

    def visit(self) -> int:
        return self.rpc("x_visit", "create", {"x_state": "plan"})

    def contract(self) -> int:
        kind = self.rpc("crm.contract.type", "search", [], limit=1)[0]
        return self.rpc("crm.contract", "create", {"partner_id": self.customer, "type_id": kind})

    def task(self, name, **values) -> int:
        return self.rpc("project.task", "create", {
            "name": name, "project_id": self.project, "stage_id": self.stages[0],
            "user_ids": False, **values,
        })  # fmt: skip

    def value(self, model, id_, field):
        """Of a record its name."""
        [found] = self.rpc(model, "read", [id_], [field])
        value = found[field]
        return value[1] if isinstance(value, list) else value

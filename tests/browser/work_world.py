"""Steps of every kind, things missing of every kind, and records that are no leads."""

from .stage_world import StageWorld, new

#: Makes a contact for the lead and opens it: what a step "create a record" makes.
MAKE = """
made = env["res.partner"].create({"name": "Made for %s" % record.name})
action = {"type": "ir.actions.act_window", "res_model": "res.partner", "res_id": made.id}
"""


class WorkWorld(StageWorld):
    """Leads are told apart by what stands in their reference."""

    def _regulate(self):
        self.call = self._type("call")
        self.regulate("crm.lead", "stage_id", [{"step_ids": self._get_steps()}],
                      [("referred", "=", "work")])  # fmt: skip
        self.regulate("crm.lead", "stage_id", [
            {"fact_ids": self._get_facts(), "step_ids": self._get_chain()},
            {"step_ids": [new({"name": "Show"})]},
        ], [("referred", "=", "kinds")], finish=self._chain)  # fmt: skip

    def _type(self, name) -> int:
        return self._ref(f"mail.mail_activity_data_{name}")

    def _get_steps(self) -> list:
        """One of each kind that a click does something else for."""
        maker = self.rpc("ir.actions.server", "create", {
            "name": "Make", "state": "code", "code": MAKE,
            "model_id": self._find("ir.model", ("model", "=", "crm.lead")),
        })  # fmt: skip
        process = self._find("bpm.process", ("name", "=", "Preparing a shipment"))
        steps = [
            {"name": "Data", "field_ids": [(6, 0, [self._field("city")])]},
            {"name": "Brief", "activity_type_id": self._type("upload_document")},
            {"name": "Letter", "activity_type_id": self._type("email")},
            {"name": "Talk", "activity_type_id": self._type("meeting")},
            {"name": "Shipment", "kind": "process", "process_id": process},
            {"name": "Card", "kind": "record", "server_action_id": maker},
        ]
        return [new({**step, "sequence": place}) for place, step in enumerate(steps)]

    def _get_facts(self) -> list:
        """One of each kind, conditions in all their forms."""
        facts = [
            {"name": "Budget", "field_id": self._field("expected_revenue")},
            {"name": "In town", "kind": "domain", "domain": "[('city', '=', 'Omsk')]"},
            {"name": "Customer in town", "kind": "domain",
             "domain": "[('partner_id.city', '=', 'Omsk')]"},
            {"name": "Worth something", "kind": "domain",
             "domain": "[('prorated_revenue', '>', 0)]"},
            {"name": "Good one", "kind": "related", "field_id": self._field("tag_ids"),
             "domain": "[('name', '=', 'Good')]"},
            {"name": "Order confirmed", "kind": "related", "field_id": self._field("order_ids"),
             "domain": "[('state', '=', 'sale')]"},
            {"name": "Brief attached", "kind": "document"},
            {"name": "Called", "kind": "activity", "activity_type_id": self.call},
        ]  # fmt: skip
        return [new({**fact, "sequence": place}) for place, fact in enumerate(facts)]

    def _get_chain(self) -> list:
        return [new({"name": name, "sequence": place}) for place, name in enumerate("ABC")]

    def _chain(self, stages):
        """C waits for B, B for A; from the second stage one goes to the third only."""
        steps = self.rpc("bpm.regulation.step", "search", [("stage_id", "=", stages[0])])
        for step, after in zip(steps[1:], steps, strict=False):
            self.rpc("bpm.regulation.step", "write", [step], {"after_id": after})
        self.rpc("bpm.regulation.stage", "write", stages[1:2], {"next_ids": [(6, 0, stages[2:3])]})

    # ------------------------------------------------------------ what is read

    def partner(self, name, **values) -> int:
        return self.rpc("res.partner", "create", {"name": name, **values})

    def steps(self, name) -> dict[str, str]:
        """{step: state} of a lead."""
        case = [("case_id.res_model", "=", "crm.lead"), ("case_id.res_id", "=", self.id_of(name))]
        found = self.rpc("bpm.stage.case.step", "search_read", case, ["name", "state"])
        return {step["name"]: step["state"] for step in found}

    def of_lead(self, name, model, *fields, **where) -> list[dict]:
        """Records linked to a lead by model and id."""
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.id_of(name))]
        domain += [(field, "=", value) for field, value in where.items()]
        return self.rpc(model, "search_read", domain, list(fields))

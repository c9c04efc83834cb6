"""Regulations with one gate each, on leads and on other kinds of records."""

from .stage_world import StageWorld, new

#: What the panel names for each gate; the comment is asked when nothing else is missing.
MISSING = {
    "field": ["field"],
    "domain": ["domain"],
    "related": ["related"],
    "document": ["document"],
    "activity": ["activity"],
    "step": ["step"],
    "approval": ["step"],
    "way": ["way"],
    "comment": [],
}
#: Kinds of deals that are left with a short status, at first none of them in common.
TALKS = ["shop", "plant"]


class GateWorld(StageWorld):
    """Chosen by what stands in the lead's reference; the first stage is left by its gate."""

    def _regulate(self):
        for kind, part in self._get_gates().items():
            self.regulate("crm.lead", "stage_id", [part], [("referred", "=", kind)], name=kind,
                          finish=self._close_way if kind == "way" else None)  # fmt: skip

        for kind in TALKS:
            self.regulate("crm.lead", "stage_id", [{"ask_status": True}],
                          [("referred", "=", kind)], name=kind)  # fmt: skip
            self._add_status(f"Only {kind}", [kind])

    def _add_status(self, name, kinds):
        found = self.rpc("bpm.regulation", "search", [("name", "in", kinds)])
        values = {"name": name, "regulation_ids": [(6, 0, found)]}
        self.rpc("bpm.stage.status", "create", values)

    def share_status(self):
        """A short status that both kinds of talks know."""
        self._add_status("Common", TALKS)

    def talks(self) -> list[str]:
        """Names of a lead of each kind of talks."""
        return [self.lead(referred=kind) for kind in TALKS]

    def _get_gates(self) -> dict:
        call = self._ref("mail.mail_activity_data_call")
        revenue, tags = self._field("expected_revenue"), self._field("tag_ids")
        facts = {
            "field": {"name": "Budget", "field_id": revenue},
            "domain": {"name": "In town", "domain": "[('city', '=', 'Omsk')]"},
            "related": {"name": "Checked", "field_id": tags, "domain": "[('name', '=', 'Good')]"},
            "document": {"name": "Contract"},
            "activity": {"name": "Called", "activity_type_id": call},
        }
        visa = {"name": "Visa", "kind": "approval", "assign_kind": "user",
                "assign_user_id": self.rpc.uid}  # fmt: skip
        return {
            **{kind: {"fact_ids": [new({**fact, "kind": kind})]} for kind, fact in facts.items()},
            "step": {"step_ids": [new({"name": "Meeting"})]},
            "approval": {"step_ids": [new(visa)]},
            "comment": {"ask_comment": True},
            "way": {},
        }

    def _close_way(self, stages):
        self.rpc("bpm.regulation.stage", "write", stages[:1], {"next_ids": [(6, 0, stages[2:3])]})

    def leads(self) -> dict[str, str]:
        """{gate: name of a lead before it}, for all gates."""
        return {kind: self.lead(referred=kind) for kind in MISSING}

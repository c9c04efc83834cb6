from odoo import api, models


class BpmStageCaseStep(models.Model):
    """Which steps a record gets at a stage, in which order, under which conditions."""

    _inherit = "bpm.stage.case.step"

    @api.model
    def _open(self, cases, stage, again=False, entered=True):
        """Make the steps of a stage for these cases and start those that wait for nothing.

        Whether a step that comes after another is meant for a record shows when it starts.

        :param again: the records were there before and have changed: only what is bound to
            a condition is looked at.
        :param entered: they have just come to the stage; if not (another version applies),
            what is to be done anew on each entry is not done anew.
        """
        steps = stage.step_ids.filtered("domain") if again else stage.step_ids
        if not steps or not cases:
            return
        records = self.env[cases[0].res_model].sudo().browse(cases.mapped("res_id"))
        known = self._get_known(cases, steps)
        rows = []
        for step in steps:
            late = step.after_id and not again
            fitting = set((records if late else step._get_fitting(records)).ids)
            for case in cases:
                row = known.get((case.id, step.key))
                if case.res_id in fitting and self._is_wanted(row, step, again or not entered):
                    rows.append(self._prepare_row(case, step))
        self._set_order(rows)
        created = self.sudo().create(rows)
        created.filtered(lambda s: s.state == "todo")._start()

    def _get_known(self, cases, steps):
        """{(case id, key): the present round of a step}"""
        found = self.sudo().search(
            [
                ("case_id", "in", cases.ids),
                ("key", "in", steps.mapped("key")),
                ("is_current", "=", True),
                ("state", "!=", "withdrawn"),
            ]
        )
        return {(step.case_id.id, step.key): step for step in found}

    def _is_wanted(self, known, step, once):
        """A step is made once; one that is done anew on each entry replaces its former round."""
        if not known:
            return True
        if not once and step.repeat and known.state in ("done", "refused"):
            known.is_current = False
            return True
        return False

    def _prepare_row(self, case, step):
        return {
            "case_id": case.id,
            "step_id": step.id,
            "stage_id": step.stage_id.id,
            "key": step.key,
            "after_key": step.after_id.key,
            "name": step.name,
            "kind": step.kind,
            "required": step.required,
            "sequence": step.sequence,
            "state": "todo",
            "group_id": step.assign_group_id.id if step.assign_kind == "group" else False,
        }

    def _set_order(self, rows):
        """Those wait whose predecessor is there and not done."""
        ahead = {(row["case_id"], row["key"]) for row in rows}
        waiting = [row for row in rows if row["after_key"]]
        done = self._get_done_keys(waiting)
        for row in waiting:
            before = (row["case_id"], row["after_key"])
            if before in ahead or (before in done and done[before] != "done"):
                row["state"] = "waiting"

    def _get_done_keys(self, rows):
        """{(case id, key): state} of the predecessors that were made earlier."""
        if not rows:
            return {}
        found = self.sudo().search(
            [
                ("case_id", "in", [row["case_id"] for row in rows]),
                ("key", "in", [row["after_key"] for row in rows]),
                ("is_current", "=", True),
                ("state", "!=", "withdrawn"),
            ]
        )
        return {(step.case_id.id, step.key): step.state for step in found}

    @api.model
    def _start_unheld(self, cases):
        """Start what waits for a step that is done, or that nobody has to do any more.

        Another wording may know no such predecessor; whoever waits for it waited for ever.
        """
        waiting = self.search([("case_id", "in", cases.ids), ("state", "=", "waiting")])
        rows = [{"case_id": row.case_id.id, "after_key": row.after_key} for row in waiting]
        states = self._get_done_keys(rows)
        unheld = waiting.filtered(
            lambda row: states.get((row.case_id.id, row.after_key), "done") == "done"
        )
        unheld._start()

    def _skip_misfits(self, step):
        """Withdraw steps whose condition does not hold now; what waits for them goes on."""
        if not step.domain:
            return self.browse()
        fitting = set(step._get_fitting(self._get_records()).ids)
        misfits = self.filtered(lambda row: row.case_id.res_id not in fitting)
        misfits._withdraw()
        misfits._start_following()
        return misfits

    @api.model
    def _reconsider(self, cases):
        """Records changed without moving: steps bound to a condition come and go (LV-13)."""
        for stage, some in cases.grouped("stage_id").items():
            bound = stage.step_ids.filtered("domain") | stage._get_steps_behind()
            if not bound:
                continue
            rows = self.search(
                [
                    ("case_id", "in", some.ids),
                    ("step_id", "in", bound.ids),
                    ("state", "=", "todo"),
                    ("is_passed_on", "=", False),
                ]
            )
            for step, part in rows.grouped("step_id").items():
                part._skip_misfits(step)
            self._open(some, stage, again=True)

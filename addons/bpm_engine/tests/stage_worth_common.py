from datetime import datetime, timedelta

from .stage_common import StageCommon

START = datetime(2026, 3, 2, 8)


class StageWorthCommon(StageCommon):
    """A regulation with a fact and a step, and customers who went through it as told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact = cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls.step = cls._step(cls.s_qualify, "Meeting")
        cls.s_qualify.norm_days = 3
        cls._publish()

    def _history(self, number, *, won, step, fact=True, days=2.0, late=False, version=None):
        """``number`` customers who went from the first stage to an end, as told."""
        version = version or self.version
        for index in range(number):
            partner = self._customer(name=f"{index}", phone="1")
            target = self.won if won else self.lost
            if step:
                self._steps(partner)._mark_done()
                self._steps(partner).write({
                    "deadline": START, "date_done": START + timedelta(days=1 if late else -1),
                })  # fmt: skip
            partner.sudo()._with_stage_bypass("test").industry_id = target
            missing = [] if fact else [{"key": self.fact.key, "name": "Phone known"}]
            self._changes(partner)[0].sudo().with_context(bpm_purge=True).write(
                {"days": days, "missing": missing, "kind": "normal" if fact else "override"}
            )

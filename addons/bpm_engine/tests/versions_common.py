from .run_common import HEAD, RunCommon, chain, end, start, task

__all__ = ["VersionsCommon", "three_steps", "two_steps"]


def two_steps(first="Check", second="Pay", settings=""):
    """Start, two tasks, end."""
    return (
        start(),
        task(first, settings=settings),
        task(second),
        end(),
        chain("Start", first, second, "End"),
    )


def three_steps():
    """The same with a step in between."""
    return (
        start(),
        task("Check"),
        task("Sign"),
        task("Pay"),
        end(),
        chain("Start", "Check", "Sign", "Pay", "End"),
    )


class VersionsCommon(RunCommon):
    """Processes drawn, published and changed as people do it."""

    @classmethod
    def drawing(cls, process, *body, roots=""):
        return (
            f'{HEAD}{roots}<process id="{process.key}" isExecutable="true">'
            f"{''.join(body)}</process></definitions>"
        )

    @classmethod
    def publish(cls, process, *body, roots=""):
        """Draw the draft (a new one if there is none) and put it to use, as a manager."""
        draft = cls.draft(process)
        draft.bpmn_xml = cls.drawing(process, *body, roots=roots)
        draft.with_user(cls.manager).action_publish()
        return draft

    @classmethod
    def draft(cls, process):
        return process.draft_version_id or (process.published_version_id.action_new_draft_version())

    def launch_many(self, process, count):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(count)]
        )
        return process.sudo()._start(partners, starter=self.worker)

"""Tasks of a process that stands still: the engine is not asked, its answers are given."""

import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.bpm_engine.engine.diagram import Diagram

from .common import BpmCommon

OUTCOMES = [
    {"key": "approved", "label": "Approve", "style": "positive"},
    {"key": "refused", "label": "Refuse", "style": "negative", "comment": True},
]


class TaskCommon(BpmCommon):
    """Elements with settings, tokens by hand, and a list of what the engine was told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._user("employee")
        cls.process = cls.env["bpm.process"].create(
            {
                "name": "Visa",
                "key": "visa_test",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "owner_id": cls.manager.id,
            }
        )
        cls.version = cls.process.draft_version_id
        cls.instance = cls._instance(cls.partner)
        cls.group = cls.env["res.groups"].create(
            {"name": "Lawyers", "user_ids": [(6, 0, (cls.worker | cls.other_worker).ids)]}
        )
        cls.moves = []
        cls.number = iter(range(1000))
        cls._stand_in_for_the_engine()

    @classmethod
    def _stand_in_for_the_engine(cls):
        def complete_task(instance, task, outcome=None, comment=None, locked=False):
            cls.moves.append((task.token, outcome, comment))

        model = type(cls.env["bpm.instance"])
        cls.startClassPatcher(patch.object(model, "_complete_task", complete_task))

        def element_ids(version):
            return {(None, e.element_id): e.id for e in version.element_ids}

        model = type(cls.env["bpm.process.version"])
        cls.startClassPatcher(patch.object(model, "_get_element_ids", element_ids))
        cls.diagram = Diagram()
        cls.startClassPatcher(patch.object(model, "_get_diagram", lambda version: cls.diagram))

    def setUp(self):
        super().setUp()
        self.moves.clear()

    @classmethod
    def _user(cls, login, groups="base.group_user", **values):
        return new_test_user(
            cls.env,
            login=f"bpm_{login}",
            name=login.replace("_", " ").title(),
            groups=f"base.group_user,{groups}",
            tz="UTC",
            **values,
        )

    @classmethod
    def _instance(cls, record=None, starter=None, **values):
        return cls.env["bpm.instance"].create(
            {
                "name": f"Visa: {record.display_name if record else 'nothing'}",
                "process_id": cls.process.id,
                "version_id": cls.version.id,
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
                "company_id": cls.env.company.id,
                "starter_id": (starter or cls.worker).id,
                **values,
            }
        )

    @classmethod
    def _element(cls, name="Check", **settings):
        lane = settings.pop("lane", False)
        return cls.env["bpm.element"].create(
            {
                "version_id": cls.version.id,
                "element_id": f"Task_{next(cls.number)}",
                "type": "userTask",
                "name": name,
                "lane": lane,
                "settings": settings,
            }
        )

    @classmethod
    def _set_settings(cls, element, **settings):
        """As a hot change of a published version does, past the checks of the drawing."""
        cls.env.cr.execute(
            "UPDATE bpm_element SET settings = %s WHERE id = %s", [json.dumps(settings), element.id]
        )
        cls.env.invalidate_all()

    @classmethod
    def _token(cls, element, **data):
        return SimpleNamespace(
            id=f"token-{next(cls.number)}",
            element=element.element_id,
            lane=element.lane,
            data=data,
            index=0,
        )

    @classmethod
    def _task(cls, instance=None, data=None, element=None, **settings):
        element = element or cls._element(**settings)
        token = cls._token(element, **(data or {}))
        return cls.env["bpm.task"]._create_for(instance or cls.instance, [token])

    @classmethod
    def _task_of(cls, user, **settings):
        return cls._task(assignment={"kind": "user", "user": user.login}, **settings)

    @classmethod
    def _approval(cls, *people, **approval):
        approvers = [{"kind": "user", "user": person.login} for person in people]
        return cls._task(approval={**approval, "approvers": approvers})

    @classmethod
    def _activities(cls, task):
        activities = cls.env["mail.activity"].with_context(active_test=False)
        return activities.search([("bpm_task_id", "in", task.ids)])

    @classmethod
    def _absent(cls, user, substitute, first="2026-03-01", last="2026-03-10", **values):
        return cls.env["bpm.substitution"].create(
            {
                "user_id": user.id,
                "substitute_id": substitute.id,
                "date_from": fields.Date.to_date(first),
                "date_to": fields.Date.to_date(last),
                **values,
            }
        )

from odoo.tests import TransactionCase, new_test_user


class BpmCommon(TransactionCase):
    """People by role, and a process on partners drawn by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.viewer = cls._user("viewer", "bpm_engine.group_viewer")
        cls.worker = cls._user("worker", "bpm_engine.group_user")
        cls.other_worker = cls._user("other_worker", "bpm_engine.group_user")
        cls.designer = cls._user("designer", "bpm_engine.group_designer")
        cls.manager = cls._user("manager", "bpm_engine.group_manager")
        cls.partner = cls.env["res.partner"].create({"name": "Vector"})

    @classmethod
    def _user(cls, login, groups="base.group_user"):
        return new_test_user(cls.env, login=f"bpm_{login}", groups=f"base.group_user,{groups}")

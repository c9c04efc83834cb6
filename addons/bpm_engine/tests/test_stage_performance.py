from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStagePerformance(StageCommon):
    """Nothing is asked per record: twice the records, the same number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._fact(cls.s_qualify, "In town", "domain", domain="[('city', '=', 'Omsk')]")
        cls._fact(cls.s_qualify, "Tag", "related", field="category_id")
        cls.tag = cls.env["res.partner.category"].create({"name": "Chain"})
        cls._fact(cls.s_qualify, "Contract", "document")
        cls._step(cls.s_qualify, "Meeting", required=False)
        cls._publish()

    def _customers(self, number):
        parents = self.env["res.partner"].with_context(tracking_disable=True).create([
            {"name": f"{index}", "is_company": True, "phone": "1", "city": "Omsk",
             "user_id": self.seller.id, "industry_id": self.qualify.id,
             "category_id": self.tag.ids}
            for index in range(number)
        ])  # fmt: skip
        self.env["ir.attachment"].create([
            {"name": "a.pdf", "res_model": "res.partner", "res_id": parent.id}
            for parent in parents
        ])  # fmt: skip
        return parents

    def _count(self, customers, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function(customers.with_context(tracking_disable=True))
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_move(self):
        """TN-30: moving 2N records asks as much as N."""

        def move(customers):
            customers.write({"industry_id": self.present.id})

        self._count(self._customers(2), move)
        few = self._count(self._customers(10), move)
        many = self._count(self._customers(20), move)
        self.assertLessEqual(many, few + 3, f"{few} queries for 10, {many} for 20")

    def test_a_thousand(self):
        """TN-30: a thousand records are judged with the queries of ten."""

        def move(customers):
            customers.write({"industry_id": self.present.id})

        self._count(self._customers(2), move)
        few = self._count(self._customers(10), move)
        customers = self._customers(1000)
        many = self._count(customers, move)
        self.assertEqual(customers.industry_id, self.present)
        # The ORM itself writes and deletes in batches, so a few more than for ten.
        self.assertLessEqual(many, few + 25, f"{few} queries for 10, {many} for 1000")

    def test_refusal(self):
        """TN-30: a refusal of 2N records asks as much as of N."""
        few_refused = self._customers(10)
        many_refused = self._customers(20)
        (few_refused | many_refused).phone = False

        def move(customers):
            with self.assertRaises(StageRefused), self.env.cr.savepoint():
                customers.write({"industry_id": self.present.id})

        few, many = self._count(few_refused, move), self._count(many_refused, move)
        self.assertLessEqual(many, few + 3, f"{few} queries for 10, {many} for 20")

    def test_other_writes(self):
        """TN-30: a write that concerns no rule costs no query more."""
        customers = self._customers(10)

        def write(records):
            records.write({"function": "x"})

        self._count(customers, write)
        with_rule = self._count(customers, write)
        self.version.with_user(self.manager).action_retire()
        self._count(customers, write)
        self.assertEqual(self._count(customers, write), with_rule)

    def test_unregulated_model(self):
        """TN-30: models without a regulation are not looked at."""
        tags = self.env["res.partner.category"].create({"name": "a"})
        self.env["bpm.regulation"]._get_all_rules()
        self.env.flush_all()
        with self.assertQueryCount(1):
            tags.write({"name": "b"})
            self.env.flush_all()

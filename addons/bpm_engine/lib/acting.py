"""What the product does in somebody else's name."""

from odoo import SUPERUSER_ID


def act_as(records, user, company):
    """These records with the rights of another person, in a company of his.

    The companies a person has chosen on the screen are his own choice. Whoever is acted as may
    not work in all of them, and Odoo refuses a company that is not one's own.

    :param company: in which it is done, if he works there; empty: the caller's or his main one.
    """
    chosen = records.env.context.get("allowed_company_ids") or []
    if user.id == SUPERUSER_ID or set(chosen) <= set(company.ids):
        return records.with_user(user).with_company(company)
    his = user.sudo()._get_company_ids()
    wanted = company.id or chosen[0]
    first = wanted if wanted in his else user.sudo().company_id.id
    allowed = [first, *(id_ for id_ in his if id_ != first)]
    context = {**records.env.context, "allowed_company_ids": allowed}
    return records.with_env(records.env(user=user.id, su=False, context=context))

from odoo.tools import SQL


def take(records):
    """Take the rows of these records until the transaction ends.

    Whoever wants them at the same time waits; the database then refuses him with a
    serialization failure, and Odoo repeats his whole request, which sees what was
    done. ``lock_for_update`` does neither: it skips rows that are locked, and a mere
    lock leaves the waiting transaction with its old picture.
    """
    if records.ids:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(records.ids),
            )
        )

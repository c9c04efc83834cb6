from odoo import models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL

#: Aggregators that Odoo lacks; times are skewed, so averages mislead.
PERCENTILES = {"median": 0.5, "p90": 0.9}


class BpmPercentileMixin(models.AbstractModel):
    """Lets graphs and pivots show the median and the 90th percentile of a field."""

    _name = "bpm.percentile.mixin"
    _description = "Percentiles in Reports"

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "__count":
            name, __, function = parse_read_group_spec(aggregate_spec)
            if function in PERCENTILES:
                return SQL(
                    "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
                    PERCENTILES[function],
                    self._field_to_sql(self._table, name, query),
                )
        return super()._read_group_select(aggregate_spec, query)

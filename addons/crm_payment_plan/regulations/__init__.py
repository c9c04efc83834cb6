"""Ready stage regulations of contracts, and what contracts change in those of sales.

What the keys mean: bpm.regulation.template._get_contents.
"""

from . import contract, equipment_sale

CONTENTS = {"contract": contract.CONTRACT}
#: {key of a ready regulation of another addon: what it becomes with contracts}
CHANGES = {"equipment_sale": equipment_sale.with_contracts}
